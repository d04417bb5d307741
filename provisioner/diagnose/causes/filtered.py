"""The live transform drops the row."""

from __future__ import annotations

from provisioner import kql
from provisioner.diagnose.evidence import Case
from provisioner.diagnose.live_transform import edited, live_query, live_rows, numbered, time_of
from provisioner.probes.arrival import Diagnosis
from provisioner.text import plural


def filtered(case: Case) -> Diagnosis | None:
    """A `where` of the live transform lets the record go; which one is found by running it."""
    query = live_query(case)
    dropped = [number for number, row in live_rows(case) if row is None and number in case.leg.missing]
    if query is None or not dropped:
        return None
    record = dict(numbered(case))[dropped[0]]
    where = kql.trace(query, record).dropped
    text = " ".join(where.text.split()) if where else "a filter"
    return Diagnosis(
        "filtered",
        f"the live transform drops the record: `{text}`",
        (
            f"{len(dropped)} of {plural(len(case.leg.expected), 'record')} dropped by it",
            "the manifest's transform lets them through" if edited(case) else "the manifest's transform is the same",
        ),
        "run `plan`: the rule was changed by hand or not applied yet",
    )


def time_null(case: Case) -> Diagnosis | None:
    """The live transform gives no TimeGenerated: Azure refuses such a row in silence."""
    timeless = [number for number, row in live_rows(case) if row is not None and time_of(row) is None]
    if not any(number in case.leg.missing for number in timeless):
        return None
    return Diagnosis(
        "time-null",
        "the live transform makes TimeGenerated null, and Azure drops such rows in silence",
        (f"{len(timeless)} of {plural(len(case.leg.expected), 'record')} with none after it",),
        "give TimeGenerated a value in every case: `extend TimeGenerated = iff(isnull(t), now(), t)`",
    )
