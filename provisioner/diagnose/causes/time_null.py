"""The live transform makes TimeGenerated null."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.diagnose.live_transform import live_rows
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.expected_row import TIME_COLUMN, parse_time
from provisioner.text import plural


def time_null(evidence: Evidence) -> Diagnosis | None:
    """Only TimeGenerated differs, and the live transform gives it no value: such rows get the time of receipt."""
    flow_probe = evidence.flow_probe
    if flow_probe.differing_columns != (TIME_COLUMN,):
        return None
    rows = [row for _, row in live_rows(evidence) if row is not None]
    timeless = [row for row in rows if parse_time(row.get(TIME_COLUMN)) is None]
    if not timeless:
        return None
    return Diagnosis(
        "time-null",
        "the live transform makes TimeGenerated null, and Azure files such rows under the time of receipt",
        (f"{len(timeless)} of {plural(len(flow_probe.expected), 'record')} with none after it",),
        "give TimeGenerated a value in every case: `extend TimeGenerated = iff(isnull(t), now(), t)`",
    )
