"""Azure put its own time in the place of TimeGenerated."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.expected_row import TIME


def time_replaced(case: Case) -> Diagnosis | None:
    """Only TimeGenerated differs: the clocks disagree by days, or the service replaced a time it calls too old."""
    if case.leg.differing != (TIME,):
        return None
    number = next(each for each in case.leg.found if TIME in case.leg.wrong(each))
    return Diagnosis(
        "time-clamped",
        f"{TIME} is not the time that was sent",
        (
            f"sent {case.leg.expected[number][TIME].json()}, arrived {case.leg.found[number].get(TIME)}",
            "Azure replaces a time more than 2 days old or 1 day ahead by that of receipt",
        ),
        "check this machine's clock; a sender that keeps old records needs another column for their time",
    )
