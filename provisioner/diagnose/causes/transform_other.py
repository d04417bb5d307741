"""The live transform is another, so it makes other values."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.diagnose.live_transform import edited, live_text
from provisioner.probes.arrival import Diagnosis


def transform_edited(case: Case) -> Diagnosis | None:
    """Values differ, and the live transform says something else than the manifest's."""
    if not case.leg.differing or not edited(case):
        return None
    return Diagnosis(
        "transform-other",
        f"the live transform is not the manifest's, and gives other values for {', '.join(case.leg.differing)}",
        (f"live transform: {' '.join((live_text(case) or '').split())}",),
        "run `plan`: the rule was changed by hand or not applied yet",
    )


def type_other(case: Case) -> Diagnosis | None:
    """Values differ, and a column of the live stream or table has another type than the manifest says."""
    scene, stream = case.scene, case.shot.stream
    live = scene.stream_columns(case.rule, case.stream) or {}
    wrong = [
        f"{name} is {live[name]} in the live stream, {type_} in the manifest"
        for name, type_ in stream.columns.items()
        if name in live and live[name].lower() != type_.lower()
    ]
    table, wanted = scene.columns(case.leg.table) or {}, case.leg.lane.columns or {}
    wrong += [
        f"{name} is {table[name]} in the live table, {wanted[name]} in the manifest"
        for name in case.leg.differing
        if name in table and name in wanted and table[name] != wanted[name]
    ]
    if not wrong:
        return None
    return Diagnosis(
        "type-other",
        f"a live column has another type than the manifest says; {', '.join(case.leg.differing)} differ",
        tuple(wrong),
        "run `plan`: it was changed by hand or not applied yet",
    )
