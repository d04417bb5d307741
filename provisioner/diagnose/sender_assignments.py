"""The sender's role assignments: whether they are there, for whom, where, and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from provisioner.model import PUBLISHER
from provisioner.probes.expected_row import parse_time
from provisioner.probes.live_bodies import properties_of
from provisioner.resources import Body
from provisioner.resources.grant_resource import role_id, role_name

if TYPE_CHECKING:
    from provisioner.diagnose.evidence import Evidence


def is_forbidden(evidence: Evidence) -> bool:
    """Whether the endpoint says that the right to send is missing (403)."""
    return evidence.status == 403


def publisher_role_id() -> str:
    """The GUID of the role that lets a principal send, in lower case."""
    return role_id(PUBLISHER)


def assignments_at_dcr(evidence: Evidence) -> Sequence[Body] | None:
    """The assignments that count at the DCR: on it and above it; None where they may not be read."""
    return evidence.live.role_assignments(evidence.dcr_id)


def assignments_of(evidence: Evidence, principal: str | None, role: str | None = None) -> list[Body]:
    """The assignments that count at the DCR for one principal, and for one role if it is given."""
    return [
        assignment
        for assignment in assignments_at_dcr(evidence) or ()
        if principal
        and _property(assignment, "principalId") == principal.lower()
        and (role is None or _property(assignment, "roleDefinitionId").endswith(role))
    ]


def publisher_assignments(evidence: Evidence) -> list[Body]:
    """The sender's assignments of the role that lets it send, where they count."""
    return assignments_of(evidence, evidence.live.identity.object_id, publisher_role_id())


def misplaced_assignments(evidence: Evidence) -> Iterator[tuple[str, Body]]:
    """The sender's publisher assignments on resources where they do not count, each with what that resource is."""
    live, manifest = evidence.live, evidence.live.manifest
    resources = [("workspace", live.id_of("workspace", manifest.workspace.name))]
    if manifest.endpoint is not None:
        resources.append(("endpoint", live.id_of("endpoint", manifest.endpoint.name)))
    resources += [("rule " + name, live.id_of("dcr", name)) for name in manifest.dcrs if name != evidence.dcr_name]
    # A dash equals no principal, so that without an object id nothing is misplaced.
    sender = (live.identity.object_id or "-").lower()
    for description, id_ in resources:
        for assignment in live.role_assignments(id_) or ():
            own = _property(assignment, "principalId") == sender
            publisher = _property(assignment, "roleDefinitionId").endswith(publisher_role_id())
            if own and publisher and _is_at(assignment, id_):
                yield description, assignment


def assignment_age(evidence: Evidence, assignment: Body) -> dt.timedelta | None:
    """How long ago it was made; None where Azure does not say."""
    created = parse_time(properties_of(assignment).get("createdOn"))
    return None if created is None else evidence.live.now() - created


def assigned_role(assignment: Body) -> str:
    """The name of its role where it is known, else its GUID."""
    return role_name(_property(assignment, "roleDefinitionId").rpartition("/")[2])


def _is_at(assignment: Body, scope: str) -> bool:
    """Whether it stands on this very resource; a list of assignments holds those above it too."""
    id_ = str(assignment.get("id", "")).lower()
    return _property(assignment, "scope") == scope.lower() or id_.startswith(f"{scope.lower()}/providers/")


def _property(assignment: Body, name: str) -> str:
    return str(properties_of(assignment).get(name, "")).lower()
