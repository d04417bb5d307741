"""The rule itself counts rows that it dropped."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def drops(case: Case) -> Diagnosis | None:
    """The rule's metrics tell of dropped rows or transform errors since the records were sent."""
    told = case.scene.drops(case.shot.dcr.name, case.stream, case.shot.made) or {}
    bad = {name: count for name, count in told.items() if count}
    if not bad:
        return None
    return Diagnosis(
        "rows-dropped",
        f"the rule {case.shot.dcr.name} dropped rows of {case.stream}",
        tuple(f"{name}: {count:g} since the records were sent" for name, count in bad.items()),
        "turn on the rule's diagnostic setting `LogErrors` and read DCRLogErrors: it names the error",
    )
