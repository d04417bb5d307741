"""The rule was deleted and made again, so its immutable id is another."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def rule_recreated(case: Case) -> Diagnosis | None:
    """404, and the live rule has another immutable id than the one that was called."""
    live = case.properties(case.rule).get("immutableId")
    if case.status != 404 or live is None or live == case.shot.immutable_id:
        return None
    return Diagnosis(
        "rule-recreated",
        f"the rule {case.shot.dcr.name} was deleted and made again: {case.shot.immutable_id} is gone",
        (f"its immutable id is {live} now", case.said),
        "give senders the immutable id that `outputs` tells, and run `apply`: grants do not carry over to a new rule",
    )
