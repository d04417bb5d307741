"""Decides which role assignments become grants: those that let a principal send to an imported rule, and no others.

Rights never widen: an assignment counts where its scope covers a rule and its role lets senders in. The rest is listed.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, get_args

from provisioner.adopt.application_import import ImportedApplication
from provisioner.adopt.codes import OTHER_SPELLING, UNRESOLVED_VALUE, UNSUPPORTED_TYPE
from provisioner.adopt.manifest_draft import ManifestDraft
from provisioner.diagnostics import Place, Severity
from provisioner.model import PUBLISHER, PrincipalType
from provisioner.resources import Body, grant_resource, parse_resource_id
from provisioner.resources.resource_ids import group_id

_LIMITING_PROPERTIES = ("condition", "delegatedManagedIdentityResourceId")
"""Properties that limit an assignment, or give it to another tenant's identity, and that no manifest can say."""


@dataclass(frozen=True, slots=True)
class OpenPrincipal:
    """A principal that the source leaves to its deployer: what it is called, and what tells it from every other."""

    name: str
    identity: Hashable


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A role assignment as import sees it.

    `scope` is the id of what it is given on, as far as it is known. `principal` is an object id, an application of the
    manifest, or None where there is none. `unknown` is a clause about a value that decides and that the source does not
    hold.
    """

    name: str
    scope: str
    body: Body = field(repr=False)
    principal: str | OpenPrincipal | ImportedApplication | None = None
    position: Place | None = None
    unknown: str | None = None

    @property
    def properties(self) -> Mapping[str, Any]:
        """The properties of its body."""
        properties: Mapping[str, Any] = self.body.get("properties") or {}
        return properties

    @property
    def role(self) -> str:
        """The GUID of its role; empty where it names none."""
        return str(self.properties.get("roleDefinitionId") or "").rstrip("/").rsplit("/", 1)[-1].lower()

    @property
    def publishes(self) -> bool:
        """Whether its role is the one that lets senders in."""
        return grant_resource.role_name(self.role) == PUBLISHER


def add_grants(draft: ManifestDraft, assignments: Iterable[RoleAssignment], rule_ids: Mapping[str, str]) -> None:
    """Write the section `grants`, one grant for each principal and role, and list the assignments that are left out.

    `rule_ids` has the ids of the manifest's rules by name. From a file, an assignment on a group or a subscription is
    given on each rule in it; a live one is inherited, and stays where it is.
    """
    rules_by_grant: dict[tuple[tuple[str, Any], ...], list[str]] = {}
    variables: dict[Hashable, str] = {}
    for assignment in assignments:
        draft.position = assignment.position
        rules = [name for name, id_ in rule_ids.items() if covers(assignment.scope, id_)]
        if (reason := _reason_to_skip(draft, assignment, rules, rule_ids)) is not None:
            _list_skipped(draft, assignment, rules, reason)
            continue
        if not _is_on_a_rule(assignment, rule_ids):
            draft.add_comment(("grants",), f"Given on the rules here; in the source on: {assignment.scope}")
            message = f"a grant is given on the rules here, in the source on {assignment.scope}"
            draft.add_diagnostic(OTHER_SPELLING, "info", message)
        spelled = {**assignment.properties, "principalType": _principal_type(assignment)}
        flat = grant_resource.flatten({**assignment.body, "properties": spelled})
        if not draft.live:
            draft.add_remarks(("grants",), "grant", flat.remarks)
        principal = assignment.principal
        if isinstance(principal, OpenPrincipal):
            principal = f"$({_variable(draft, principal, variables)})"
        granted = rules_by_grant.setdefault(tuple((flat.fields | {"principal": principal}).items()), [])
        granted.extend(name for name in rules if name not in granted)
    for index, (grant_fields, names) in enumerate(rules_by_grant.items(), 1):
        fields = dict(grant_fields)
        if isinstance(fields["principal"], ImportedApplication):
            fields["principal"] = {"application": fields["principal"].name}
        few = {} if set(names) == set(rule_ids) else {"dcrs": names}
        draft.section("grants")[f"sender-{index}"] = {**fields, **few}


def _variable(draft: ManifestDraft, principal: OpenPrincipal, variables: dict[Hashable, str]) -> str:
    """The manifest's variable for an open principal, declared at its first use."""
    if principal.identity not in variables:
        name = re.sub(r"[^A-Za-z0-9_]", "_", principal.name).strip("_") or "principal"
        name = name if name[0].isalpha() else f"principal_{name}"
        section = draft.section("variables")
        free = next(text for index in count(1) if (text := name if index == 1 else f"{name}_{index}") not in section)
        section[free] = {"description": "object id of the sender", "default": None}
        variables[principal.identity] = free
    return variables[principal.identity]


def covers(scope: str, rule_id: str) -> bool:
    """Whether what is assigned at a scope holds for a rule: it is the rule, its group or its subscription."""
    # A management group or the tenant may cover it too; no file says which subscriptions lie in one.
    parts, lowered = parse_resource_id(rule_id), scope.lower()
    if parts is None:
        return lowered == rule_id.lower()
    group = group_id(parts.subscription, parts.group).lower()
    return lowered in (rule_id.lower(), group, group.partition("/resourcegroups/")[0])


def _is_on_a_rule(assignment: RoleAssignment, rule_ids: Mapping[str, str]) -> bool:
    return assignment.scope.lower() in {id_.lower() for id_ in rule_ids.values()}


def _reason_to_skip(
    draft: ManifestDraft, assignment: RoleAssignment, rules: list[str], rule_ids: Mapping[str, str]
) -> str | None:
    """Why an assignment does not become a grant, as a clause; None where it does."""
    if not rules:
        return f"it is given on {assignment.scope or 'nothing that is known'}, which covers none of the rules here"
    if assignment.unknown is not None:
        return assignment.unknown
    if assignment.principal is None:
        return "it names no principal"
    if limiting := [key for key in _LIMITING_PROPERTIES if assignment.properties.get(key)]:
        return f"its {limiting[0]} limits it, and a grant of a manifest has no such limit"
    if _principal_type(assignment) is None:
        return f"its principal is a {assignment.properties['principalType']}, which a manifest cannot say"
    if not assignment.publishes and not _is_made_by_a_manifest(assignment, rules, rule_ids):
        return _role_clause(assignment.role)
    if draft.live and not _is_on_a_rule(assignment, rule_ids):
        return f"it is given on {assignment.scope} and holds here as it is"
    return None


def _role_clause(role: str) -> str:
    name = grant_resource.role_name(role)
    if not role:
        return "it names no role"
    # A role that is not known by name here is the tenant's own.
    return (
        f"its role ({name}) does not let senders in"
        if name != role
        else f"nothing shows that its role ({role}) lets senders in"
    )


def _principal_type(assignment: RoleAssignment) -> str | None:
    """The type of the principal as a manifest spells it; None for one that a manifest has no word for."""
    written = str(assignment.properties.get("principalType") or "ServicePrincipal").lower()
    return next((type_ for type_ in get_args(PrincipalType) if type_.lower() == written), None)


def _is_made_by_a_manifest(assignment: RoleAssignment, rules: list[str], rule_ids: Mapping[str, str]) -> bool:
    """Whether an assignment on one of the rules has the name that a manifest's grant derives for it."""
    # A role of the tenant's own may hold the data action. Only such a name shows that the assignment was made to send:
    # others are given by hand for other reasons.
    principal, on_a_rule = assignment.principal, assignment.scope.lower()
    principal_key = principal.key if isinstance(principal, ImportedApplication) else str(principal)
    derived = {
        grant_resource.assignment_name(rule_ids[rule], principal_key, assignment.role)
        for rule in rules
        if rule_ids[rule].lower() == on_a_rule
    }
    return bool(assignment.role) and assignment.name.lower() in derived


def _list_skipped(draft: ManifestDraft, assignment: RoleAssignment, rules: list[str], reason: str) -> None:
    """List an assignment that is left out; with a warning where it may allow sending to the rules."""
    # Live, a group has the assignments of everybody for everything: only those that concern sending are listed.
    if draft.live and not (rules and assignment.publishes):
        return
    code = UNRESOLVED_VALUE if rules and assignment.unknown is not None else UNSUPPORTED_TYPE
    concerns_sending = bool(rules) and (assignment.publishes or assignment.unknown is not None)
    severity: Severity = "warning" if concerns_sending and not draft.live else "info"
    draft.skip(code, "grant", assignment.name, reason, severity)
