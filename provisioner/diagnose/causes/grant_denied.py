"""A deny assignment takes the right away, whatever grants there are."""

from __future__ import annotations

from provisioner.diagnose import sender_assignments
from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def grant_denied(case: Case) -> Diagnosis | None:
    """403, and a deny assignment at the rule or above it covers the data action."""
    if not sender_assignments.refused(case):
        return None
    me = (case.scene.identity.object_id or "").lower()
    for each in case.scene.denials(case.rule_id) or ():
        properties = each.get("properties") or {}
        principals = {str(one.get("id", "")).lower() for one in properties.get("principals") or ()}
        spared = {str(one.get("id", "")).lower() for one in properties.get("excludePrincipals") or ()}
        actions = [action for one in properties.get("permissions") or () for action in one.get("dataActions") or ()]
        everyone = "00000000-0000-0000-0000-000000000000" in principals
        if (me in principals or everyone) and me not in spared and any(_covers(action) for action in actions):
            name = properties.get("denyAssignmentName") or each.get("name")
            return Diagnosis(
                "grant-denied",
                f"the deny assignment {name!r} forbids sending, whatever grants there are",
                (f"it stands at {properties.get('scope')}", case.said),
                "ask who manages it (a deployment stack, a managed application, a blueprint) for an exception",
            )
    return None


def _covers(action: str) -> bool:
    import fnmatch

    return fnmatch.fnmatch("microsoft.insights/telemetry/write", action.lower())
