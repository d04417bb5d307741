"""The DCE that the rule is bound to does not exist any more."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def endpoint_gone(case: Case) -> Diagnosis | None:
    """The rule names a DCE and ARM does not know it."""
    named = case.properties(case.rule).get("dataCollectionEndpointId")
    if case.error is None or not named or "endpoint" in case.scene.unreadable:
        return None
    if case.scene.endpoint(case.rule) is not None:
        return None
    return Diagnosis(
        "endpoint-missing",
        f"the endpoint of the rule {case.shot.dcr.name} is not there",
        (f"no resource {named}", case.said),
        "run `apply` (a managed endpoint) or ask its owner (an existing one)",
    )
