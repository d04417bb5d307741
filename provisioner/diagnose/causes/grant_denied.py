"""A deny assignment takes the right away, whatever grants there are."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator

from provisioner.diagnose.evidence import Evidence
from provisioner.diagnose.sender_assignments import is_forbidden
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import properties_of
from provisioner.resources import Body

_ALL_PRINCIPALS = "00000000-0000-0000-0000-000000000000"
"""How a deny assignment names everyone. Source: role-based-access-control/deny-assignments."""
_SEND_ACTION = "microsoft.insights/telemetry/write"


def grant_denied(evidence: Evidence) -> Diagnosis | None:
    """403, and a deny assignment at the DCR or above it covers the data action."""
    if not is_forbidden(evidence):
        return None
    sender = (evidence.live.identity.object_id or "").lower()
    for assignment in evidence.live.deny_assignments(evidence.dcr_id) or ():
        if _concerns(assignment, sender) and any(_covers_sending(action) for action in _data_actions(assignment)):
            properties = properties_of(assignment)
            name = properties.get("denyAssignmentName") or assignment.get("name")
            return Diagnosis(
                "grant-denied",
                f"the deny assignment {name!r} forbids sending, whatever grants there are",
                (f"it stands at {properties.get('scope')}", evidence.endpoint_message),
                "ask who manages it (a deployment stack, a managed application, a blueprint) for an exception",
            )
    return None


def _concerns(assignment: Body, principal: str) -> bool:
    properties = properties_of(assignment)
    included = {str(entry.get("id", "")).lower() for entry in properties.get("principals") or ()}
    excluded = {str(entry.get("id", "")).lower() for entry in properties.get("excludePrincipals") or ()}
    return (principal in included or _ALL_PRINCIPALS in included) and principal not in excluded


def _data_actions(assignment: Body) -> Iterator[str]:
    for permission in properties_of(assignment).get("permissions") or ():
        yield from permission.get("dataActions") or ()


def _covers_sending(action: str) -> bool:
    # Data actions may hold wildcards, as in Microsoft.Insights/*.
    return fnmatch.fnmatch(_SEND_ACTION, action.lower())
