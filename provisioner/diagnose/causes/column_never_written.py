"""The manifest declares a column that none of its transforms writes."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.diagnose.live_transform import live_text
from provisioner.probes.arrival import Diagnosis


def never_written(case: Case) -> Diagnosis | None:
    """Nothing is wrong in Azure: the row cannot hold what nobody writes."""
    names = case.leg.lane.unwritten
    if not names or not case.leg.arrived:
        return None
    found = [name for name in names if any(row.get(name) not in (None, "") for row in case.leg.found.values())]
    if found:
        return Diagnosis(
            "transform-other",
            f"{', '.join(found)} arrived, though no transform of the manifest writes it",
            (f"live transform: {' '.join((live_text(case) or '').split())}",),
            "run `plan`: the rule was changed by hand or not applied yet",
        )
    word = "column" if len(names) == 1 else "columns"
    return Diagnosis(
        "column-never-written",
        f"{word} {', '.join(names)}: declared in {case.leg.table}, never written by the transform",
        ("the row arrived; no flow of the manifest into the table writes it",),
        f"write it in the transform of {case.shot.stream.key}, or take it out of the table's columns",
    )
