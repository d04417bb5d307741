"""There is no such rule."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def rule_gone(case: Case) -> Diagnosis | None:
    """404, and ARM does not know the rule either."""
    if case.status != 404 or case.rule is not None or "dcr" in case.scene.unreadable:
        return None
    return Diagnosis(
        "rule-missing",
        f"the rule {case.shot.dcr.name} is not there",
        (case.said, f"no resource {case.rule_id}"),
        "run `apply`; senders then need the new immutable id that `outputs` tells",
    )
