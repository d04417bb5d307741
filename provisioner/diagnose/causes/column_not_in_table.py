"""The live table lacks a column that the transform writes."""

from __future__ import annotations

from provisioner.diagnose.evidence import RUN_PLAN, Evidence
from provisioner.probes.arrival import Diagnosis


def column_not_in_table(evidence: Evidence) -> Diagnosis | None:
    """The live table has no such column: Azure drops the value and reports nothing."""
    table = evidence.flow_probe.table
    columns = evidence.live.table_columns(table)
    if columns is None:
        return None
    lacking = [name for name in evidence.flow_probe.differing_columns if name not in columns]
    if not lacking:
        return None
    return Diagnosis(
        "column-not-in-table",
        f"the live table {table} has no column {', '.join(lacking)}",
        ("the manifest declares it, and the live transform writes it", f"live columns: {', '.join(columns)}"),
        RUN_PLAN,
    )
