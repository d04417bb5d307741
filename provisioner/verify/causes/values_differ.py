"""The row is there, everything live is as the manifest wants it, and a value differs all the same."""

from __future__ import annotations

from provisioner.verify.arrival import Diagnosis
from provisioner.verify.causes.case import Case


def values_differ(case: Case) -> Diagnosis | None:
    """Azure computes another value than we foretold, or something between changed it."""
    if not case.leg.differing:
        return None
    number = next(iter(number for number in case.leg.found if case.leg.wrong(number)))
    told = tuple(
        f"{name}: expected {case.leg.expected[number][name].json()!r}, arrived {case.leg.found[number].get(name)!r}"
        for name in case.leg.wrong(number)
        if name not in case.leg.lane.unwritten
    )
    return Diagnosis(
        "values-differ",
        f"{', '.join(case.leg.differing)} arrived with other values than the transform gives here",
        (*told, "stream, transform and table are the manifest's"),
        "compare the value with the record; if the local run is wrong, please report transform and record",
    )
