"""The DCE takes no records from public networks, and this machine is on one."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import properties_of


def endpoint_closed(evidence: Evidence) -> Diagnosis | None:
    """403, or no answer, from an endpoint whose public access is off."""
    error = evidence.send_error
    # None: an endpoint without public access may not answer at all.
    if evidence.status not in {403, None} or error is None:
        return None
    endpoint = evidence.live.endpoint(evidence.dcr)
    access = (properties_of(endpoint).get("networkAcls") or {}).get("publicNetworkAccess", "Enabled")
    # A refusal for a missing right spells out its checks (IsRbacPresent: …): then the network was passed.
    if str(access).lower() == "enabled" or not (error.from_network or "IsRbacPresent" not in error.checks):
        return None
    name = (endpoint or {}).get("name", "")
    return Diagnosis(
        "endpoint-closed",
        f"the endpoint {name} takes nothing from public networks ({access}), and this machine is on one",
        (error.message,),
        "run verify from inside the private network (or perimeter), or set `endpoint.public_access: enabled`",
    )
