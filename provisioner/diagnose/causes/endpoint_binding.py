"""The rule belongs to another DCE than the one that was called."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis
from provisioner.resources.dcr_resource import ingestion_endpoint


def binding(case: Case) -> Diagnosis | None:
    """The endpoint says so, or the live rule names another endpoint."""
    if case.error is None or case.status not in {403, 404}:
        return None
    rule = case.rule
    if rule is None:
        return None
    endpoint = case.scene.endpoint(rule)
    bound = ingestion_endpoint(rule, endpoint)
    other = bound is not None and bound.lower() != case.shot.endpoint.lower()
    if not other and "IsDcrDceBindingValid: False" not in case.said:
        return None
    return Diagnosis(
        "endpoint-binding",
        f"{case.shot.endpoint} is not the endpoint of the rule {case.shot.dcr.name}",
        (f"the live rule is bound to {bound or 'no endpoint'}", case.said),
        "run `plan`: the rule's endpoint was changed by hand or not applied yet; `outputs` tells senders the URL",
    )
