"""The grant is for the application's id instead of its service principal's object id."""

from __future__ import annotations

from provisioner.diagnose import sender_assignments
from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def grant_principal(case: Case) -> Diagnosis | None:
    """403, and the role at the rule is held by the id of our application, which is no principal."""
    identity = case.scene.identity
    if not sender_assignments.refused(case) or not identity.app_id:
        return None
    found = sender_assignments.of(case, identity.app_id, sender_assignments.publisher())
    written = [
        grant.name
        for grant in case.scene.manifest.grants.values()
        if grant.principal.lower() == identity.app_id.lower()
    ]
    if not found and not written:
        return None
    where = f"grant {written[0]!r}" if written else f"role assignment {found[0].get('name')}"
    return Diagnosis(
        "grant-wrong-principal",
        f"the {where} names the application's (client) id; Azure wants the object id of its service principal",
        (f"application id {identity.app_id}, object id {identity.object_id}", case.said),
        f"write `principal: {identity.object_id}`, or `self`: it is what `az ad sp show --query id` tells",
    )
