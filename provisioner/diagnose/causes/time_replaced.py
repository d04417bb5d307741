"""Azure put its own time in the place of TimeGenerated."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.expected_row import TIME_COLUMN


def time_replaced(evidence: Evidence) -> Diagnosis | None:
    """Only TimeGenerated differs: the clocks disagree by days, or the time was too old or too far ahead."""
    flow_probe = evidence.flow_probe
    if flow_probe.differing_columns != (TIME_COLUMN,):
        return None
    rows = flow_probe.state.rows
    number = next(number for number in rows if TIME_COLUMN in flow_probe.differing_cells(number))
    sent = flow_probe.expected[number][TIME_COLUMN].json()
    return Diagnosis(
        "time-clamped",
        f"{TIME_COLUMN} is not the time that was sent",
        (
            f"sent {sent}, arrived {rows[number].get(TIME_COLUMN)}",
            "Azure replaces a time more than 2 days old or 1 day ahead by that of receipt",
        ),
        "check this machine's clock; a sender that keeps old records needs another column for their time",
    )
