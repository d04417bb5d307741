"""The sender's right to the rule: whether it is there, for whom, where, and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from provisioner.diagnose.evidence import Case
from provisioner.model import PUBLISHER
from provisioner.probes.expected_row import instant
from provisioner.resources import Body
from provisioner.resources.grant_resource import role_id


def publisher() -> str:
    """The GUID of the role that lets a principal send."""
    return role_id(PUBLISHER)


def at(case: Case) -> Sequence[Body] | None:
    """The assignments that count at the rule: on it and above it."""
    return case.scene.assignments(case.rule_id)


def of(case: Case, principal: str | None, role: str | None = None) -> list[Body]:
    """Those of one principal, and of one role if it is given."""
    return [
        each
        for each in at(case) or ()
        if principal
        and _text(each, "principalId") == principal.lower()
        and (role is None or _text(each, "roleDefinitionId").endswith(role))
    ]


def elsewhere(case: Case) -> Iterator[tuple[str, Body]]:
    """Publisher assignments of the sender on resources where they do not help, with what those are."""
    manifest = case.scene.manifest
    places = [("workspace", case.scene.id("workspace", manifest.workspace.name))]
    if manifest.endpoint is not None:
        places.append(("endpoint", case.scene.id("endpoint", manifest.endpoint.name)))
    places += [("rule " + name, case.scene.id("dcr", name)) for name in manifest.dcrs if name != case.shot.dcr.name]
    for what, id_ in places:
        for each in case.scene.assignments(id_) or ():
            on = _text(each, "scope") == id_.lower() or str(each.get("id", "")).lower().startswith(
                f"{id_.lower()}/providers/"
            )
            mine = _text(each, "principalId") == (case.scene.identity.object_id or "-").lower()
            if on and mine and _text(each, "roleDefinitionId").endswith(publisher()):
                yield what, each


def age(case: Case, assignment: Body) -> dt.timedelta | None:
    """How long ago it was made."""
    moment = instant((assignment.get("properties") or {}).get("createdOn"))
    return None if moment is None else case.scene.now() - moment


def role_name(assignment: Body) -> str:
    """The name of its role where we know it, else its GUID."""
    from provisioner.package_data import load_facts

    guid = _text(assignment, "roleDefinitionId").rpartition("/")[2]
    known: dict[str, str] = load_facts("roles.yaml")["roles"]
    return next((name for name, id_ in known.items() if id_.lower() == guid), guid)


def refused(case: Case) -> bool:
    """Whether the endpoint says that the right is missing."""
    return case.status == 403


def _text(assignment: Body, name: str) -> str:
    return str((assignment.get("properties") or {}).get(name, "")).lower()
