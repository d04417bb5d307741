"""Reads the role assignments of template files: on what, to whom, and whether that is certain."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Any

from provisioner.adopt.application_import import ImportedApplication
from provisioner.adopt.grant_import import OpenPrincipal, RoleAssignment, covers
from provisioner.adopt.placement import position_of
from provisioner.adopt.template_applications import TemplateApplications
from provisioner.adopt.template_resources import OPEN_GROUP, TemplateResource
from provisioner.resources import Body
from provisioner.template import Unknown, is_expression, text_of

_ROLE_AT_END = re.compile(r"(?i)(?:^|/)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?$")
_CALL = re.compile(r"([a-z_][\w.]*)\(")
_NAMING_CALLS = frozenset(("resourceid", "format", "concat", "guid", "subscription", "resourcegroup"))
"""Functions that put a name into an id and leave it as it is."""


def role_assignment(
    resource: TemplateResource, rules: Mapping[str, TemplateResource], applications: TemplateApplications
) -> RoleAssignment:
    """A role assignment of a file; `rules` are the imported rules by their names in the manifest."""
    written: Mapping[str, Any] = resource.body.get("properties") or {}
    properties = {key: value for key, value in written.items() if not isinstance(value, Unknown)}
    role = written.get("roleDefinitionId")
    # The subscription in it may be open: the GUID at its end is the same in all of them.
    if isinstance(role, Unknown) and (known_role := _ROLE_AT_END.search(role.text)):
        properties["roleDefinitionId"] = known_role[1]
    if isinstance(written.get("condition"), Unknown):
        properties["condition"] = text_of(written["condition"])
    scope = resource.id.rpartition("/providers/Microsoft.Authorization/")[0]
    body: Body = {"properties": properties}
    name = resource.display_name.rsplit("/", 1)[-1]
    unknown = _unknown(resource, properties, scope, rules)
    return RoleAssignment(
        name, scope, body, _principal(resource, written, applications), position_of(resource), unknown
    )


def _unknown(
    resource: TemplateResource, properties: Mapping[str, Any], scope: str, rules: Mapping[str, TemplateResource]
) -> str | None:
    """A clause about a value that decides what an assignment gives and has no value in the source; else None."""
    condition, role = resource.instance.condition, resource.body.get("properties", {}).get("roleDefinitionId")
    if isinstance(condition, Unknown):
        return f"whether it is made depends on {condition.name}, which has no value in the source"
    if isinstance(role, Unknown) and "roleDefinitionId" not in properties:
        return f"its role {role.text} has no value in the source"
    covered = [rule for rule in rules.values() if covers(scope, rule.id)]
    uncertain = [rule for rule in covered if not _is_certain(resource, rule, scope)]
    return f"its scope {scope} has no value in the source" if uncertain else None


def _is_certain(resource: TemplateResource, rule: TemplateResource, scope: str) -> bool:
    """Whether a scope that reads as if it covered a rule does so whatever the open values in both are.

    Texts alone do not show it: `parameters('names')[0]` and `parameters('names')[1]` are both `{{names}}` here.
    """
    if "{{" not in rule.id.replace(OPEN_GROUP, ""):
        return True
    scope_text, name_text = (text_of(resource.instance.declared.get(key) or "") for key in ("scope", "name"))
    if not is_expression(scope_text) and isinstance(rule.instance.declared.get("name"), Unknown):
        return scope.lower() == rule.id.lower()  # both are texts with the same `{{name}}`
    if _surroundings(resource) != _surroundings(rule):
        return False
    if scope.lower() != rule.id.lower():
        return not scope_text  # it is given on what both are deployed to
    written_name = _plain(rule.instance.declared.get("name"))
    return any(_names_only(_plain(text), written_name) for text in (scope_text, name_text))


def _names_only(text: str, written_name: str) -> bool:
    """Whether an expression holds a name as one whole argument, and calls nothing else that could change it."""
    before, name, after = text.partition(written_name)
    if not name or before[-1:] not in ("(", ",") or after[:1] not in (")", ","):
        return False
    return set(_CALL.findall(before + after)) <= _NAMING_CALLS


def _plain(expression: Any) -> str:
    """An expression without its brackets and blanks, in lower case, as ARM compares names."""
    return re.sub(r"\s+", "", text_of(expression or "")).lower().removeprefix("[").removesuffix("]")


def _principal(
    resource: TemplateResource, written: Mapping[str, Any], applications: TemplateApplications
) -> str | OpenPrincipal | ImportedApplication | None:
    principal = written.get("principalId")
    if not isinstance(principal, Unknown):
        return principal if isinstance(principal, str) and principal else None
    declared = resource.instance.declared.get("properties")
    expression = declared.get("principalId") if isinstance(declared, dict) else None
    if (application := applications.behind(resource, expression)) is not None:
        return application
    # Equal expressions are one principal only where their parameters and loops are the same.
    identity: Hashable = (_plain(expression), _surroundings(resource)) if isinstance(expression, str) else id(resource)
    return OpenPrincipal(principal.name, identity)


def _surroundings(resource: TemplateResource) -> Hashable:
    """What the expressions of a resource depend on: one deployment's parameters, and the turns of its loops."""
    context = resource.instance.context
    return (id(context.parameters), tuple(sorted(context.copies.items())))
