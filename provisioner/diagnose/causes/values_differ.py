"""The row is there, everything live is as the manifest wants it, and a value differs all the same."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis
from provisioner.reports.text_table import apart


def values_differ(case: Case) -> Diagnosis | None:
    """Azure computes another value than we foretold, or something between changed it."""
    if not case.leg.differing:
        return None
    number = next(iter(number for number in case.leg.found if case.leg.wrong(number)))
    told = tuple(
        f"{name}: expected {left}, arrived {right}"
        for name in case.leg.wrong(number)
        if name not in case.leg.lane.unwritten
        for left, right in [apart(case.leg.expected[number][name].json(), case.leg.found[number].get(name))]
    )
    return Diagnosis(
        "values-differ",
        f"{', '.join(case.leg.differing)} arrived with other values than the transform gives here",
        (*told, "stream, transform and table are the manifest's"),
        "compare the value with the record; if the local run is wrong, please report transform and record",
    )
