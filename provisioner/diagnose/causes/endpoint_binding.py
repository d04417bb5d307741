"""The rule belongs to another DCE than the one that was called."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.resources.dcr_resource import ingestion_endpoint


def endpoint_binding(evidence: Evidence) -> Diagnosis | None:
    """403 or 404, and the endpoint says so or the live DCR names another endpoint."""
    error = evidence.send_error
    if error is None or evidence.status not in {403, 404}:
        return None
    dcr = evidence.dcr
    if dcr is None:
        return None
    url = ingestion_endpoint(dcr, evidence.live.endpoint(dcr))
    is_other = url is not None and url.lower() != evidence.probe.endpoint.lower()
    if not is_other and error.checks.get("IsDcrDceBindingValid", True):
        return None
    return Diagnosis(
        "endpoint-binding",
        f"{evidence.probe.endpoint} is not the endpoint of the rule {evidence.dcr_name}",
        (f"the live rule is bound to {url or 'no endpoint'}", error.message),
        "run `plan`: the rule's endpoint was changed by hand or not applied yet; `outputs` tells senders the URL",
    )
