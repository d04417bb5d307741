"""The row is in the table, under a time that the search did not cover."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.expected_row import TIME_COLUMN


def time_out_of_window(evidence: Evidence) -> Diagnosis | None:
    """Found by a search without a span of time: Azure replaced TimeGenerated, or the clocks disagree."""
    flow_probe = evidence.flow_probe
    elsewhere = flow_probe.state.rows_at_other_times
    number = next((number for number in flow_probe.missing if number in elsewhere), None)
    if number is None:
        return None
    cell = flow_probe.expected[number].get(TIME_COLUMN)
    return Diagnosis(
        "time-clamped",
        f"the row is in {flow_probe.table} under another time than it was looked for at",
        (
            f"{TIME_COLUMN} is {elsewhere[number].get(TIME_COLUMN)}, expected {cell.json() if cell else 'none'}",
            "Azure replaces a time more than 2 days old or 1 day ahead by that of receipt",
            f"this machine's clock says {evidence.live.now().isoformat(timespec='seconds')}",
        ),
        "check this machine's clock; a sender that keeps old records needs another column for their time",
    )
