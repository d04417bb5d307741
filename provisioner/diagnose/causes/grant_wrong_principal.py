"""The grant is for the application's id instead of its service principal's object id."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.diagnose.sender_assignments import assignments_of, is_forbidden, publisher_role_id
from provisioner.probes.arrival import Diagnosis


def grant_wrong_principal(evidence: Evidence) -> Diagnosis | None:
    """403, and the role at the DCR is held by the id of the sender's application, which is no principal."""
    identity = evidence.live.identity
    app_id = identity.app_id
    if not is_forbidden(evidence) or not app_id:
        return None
    assignments = assignments_of(evidence, app_id, publisher_role_id())
    grants = evidence.live.manifest.grants.values()
    declared = [grant.name for grant in grants if str(grant.principal).lower() == app_id.lower()]
    if not assignments and not declared:
        return None
    subject = f"grant {declared[0]!r}" if declared else f"role assignment {assignments[0].get('name')}"
    return Diagnosis(
        "grant-wrong-principal",
        f"the {subject} names the application's (client) id; Azure wants the object id of its service principal",
        (f"application id {app_id}, object id {identity.object_id}", evidence.endpoint_message),
        f"write `principal: {identity.object_id}`, or `self`: it is what `az ad sp show --query id` tells",
    )
