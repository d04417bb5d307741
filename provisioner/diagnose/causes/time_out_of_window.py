"""The row is there, at a time where nobody looks for it."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.expected_row import TIME


def time_moved(case: Case) -> Diagnosis | None:
    """Found when asked for without a span of time: Azure replaced TimeGenerated, or the clocks disagree."""
    number = next((each for each in case.leg.missing if each in case.leg.elsewhere), None)
    if number is None:
        return None
    cell = case.leg.expected[number].get(TIME)
    return Diagnosis(
        "time-clamped",
        f"the row is in {case.leg.table} under another time than it was looked for at",
        (
            f"{TIME} is {case.leg.elsewhere[number].get(TIME)}, expected {cell.json() if cell else 'none'}",
            "Azure replaces a time more than 2 days old or 1 day ahead by that of receipt",
            f"this machine's clock says {case.scene.now().isoformat(timespec='seconds')}",
        ),
        "check this machine's clock; a sender that keeps old records needs another column for their time",
    )
