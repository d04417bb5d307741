"""The DCE takes no records from public networks, and this machine is on one."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def network(case: Case) -> Diagnosis | None:
    """403 by an endpoint whose public access is off."""
    if case.status not in {403, None} or case.error is None:
        return None
    endpoint = case.scene.endpoint(case.rule)
    access = (case.properties(endpoint).get("networkAcls") or {}).get("publicNetworkAccess", "Enabled")
    refused = "publicnetworkaccess" in f"{case.error.code} {case.said}".lower()
    if str(access).lower() == "enabled" or not (refused or "IsRbacPresent" not in case.said):
        return None
    name = (endpoint or {}).get("name", "")
    return Diagnosis(
        "endpoint-closed",
        f"the endpoint {name} takes nothing from public networks ({access}), and this machine is on one",
        (case.said,),
        "run verify from inside the private network (or perimeter), or set `endpoint.public_access: enabled`",
    )
