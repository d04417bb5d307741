"""A column of the live stream or table has another type than the manifest says."""

from __future__ import annotations

from provisioner.diagnose.evidence import RUN_PLAN, Evidence
from provisioner.probes.arrival import Diagnosis


def type_other(evidence: Evidence) -> Diagnosis | None:
    """Values differ, and a type of the live stream or table does not fit the manifest's."""
    differing = evidence.flow_probe.differing_columns
    live_stream, live_table = (
        evidence.live_stream_columns or {},
        evidence.live.table_columns(evidence.flow_probe.table) or {},
    )
    wrong = [
        f"{name} is {live_stream[name]} in the live stream, {type_} in the manifest"
        for name, type_ in evidence.probe.stream.columns.items()
        # Azure spells one type in several ways: datetime, dateTime.
        if name in live_stream and live_stream[name].lower() != type_.lower()
    ]
    declared = evidence.flow_probe.bound_flow.columns or {}
    wrong += [
        f"{name} is {live_table[name]} in the live table, {declared[name]} in the manifest"
        for name in differing
        if name in live_table and name in declared and live_table[name] != declared[name]
    ]
    if not wrong:
        return None
    return Diagnosis(
        "type-other",
        f"a live column has another type than the manifest says; {', '.join(differing)} differ",
        tuple(wrong),
        RUN_PLAN,
    )
