"""The manifest declares a column that none of its transforms writes."""

from __future__ import annotations

from provisioner.verify.arrival import Diagnosis
from provisioner.verify.causes.case import Case


def never_written(case: Case) -> Diagnosis | None:
    """Nothing is wrong in Azure: the row cannot hold what nobody writes."""
    names = case.leg.lane.unwritten
    if not names or not case.leg.arrived:
        return None
    word = "column" if len(names) == 1 else "columns"
    return Diagnosis(
        "column-never-written",
        f"{word} {', '.join(names)}: declared in {case.leg.table}, never written by the transform",
        ("the row arrived; no flow of the manifest into the table writes it",),
        f"write it in the transform of {case.shot.stream.key}, or take it out of the table's columns",
    )
