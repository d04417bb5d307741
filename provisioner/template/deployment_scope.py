"""Scopes of deployments, and the ids of resources in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_MANAGEMENT_GROUP = "/providers/Microsoft.Management/managementGroups/"
_GROUPS = "microsoft.resources/resourcegroups"
_SCOPE = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)(?:/resourceGroups/(?P<group>[^/]+))?\Z"
    r"|/providers/Microsoft\.Management/managementGroups/(?P<management>[^/]+)\Z",
    re.IGNORECASE,
)
ScopeKind = Literal["group", "subscription", "managementGroup", "tenant"]


@dataclass(frozen=True, slots=True)
class DeploymentScope:
    """Where a template is deployed: to a group of a subscription, a subscription, a management group or the tenant."""

    subscription: str = ""
    group: str = ""
    management_group: str = ""
    tenant: str = ""

    @property
    def kind(self) -> ScopeKind:
        """What is deployed to."""
        if self.subscription:
            return "group" if self.group else "subscription"
        return "managementGroup" if self.management_group else "tenant"

    @property
    def id(self) -> str:
        """The id that ids of resources begin with; empty for the tenant."""
        if self.subscription:
            group = f"/resourceGroups/{self.group}" if self.group else ""
            return f"/subscriptions/{self.subscription}{group}"
        return _MANAGEMENT_GROUP + self.management_group if self.management_group else ""

    def at(self, id_: str) -> DeploymentScope | None:
        """The scope of an id: a subscription, group or management group, or `/` for the tenant; None for others."""
        if id_.strip("/") == "":
            return DeploymentScope(tenant=self.tenant)
        relative = id_ if id_.startswith("/") else f"/{id_}"
        if not id_.startswith("/") and id_.lower().startswith("microsoft.management/managementgroups/"):
            relative = f"/providers/{id_}"
        match = _SCOPE.match(relative)
        if match is None:
            return None
        return DeploymentScope(
            match["subscription"] or "", match["group"] or "", match["management"] or "", self.tenant
        )


def resource_path(type_: str, names: list[str] | tuple[str, ...]) -> str | None:
    """`Microsoft.X/a/b` and (m, n) as `Microsoft.X/a/m/b/n`; None where types and names do not pair."""
    namespace, *types = type_.split("/")
    if not types or len(types) != len(names):
        return None
    return "/".join([namespace, *(f"{kind}/{name}" for kind, name in zip(types, names, strict=True))])


def resource_id(scope_id: str, type_: str, names: list[str] | tuple[str, ...]) -> str | None:
    """The id of a resource below a scope's or another resource's id; None where types and names do not pair.

    A resource group of a subscription has an id without `providers`, as every one of its resources' ids shows.
    """
    path = resource_path(type_, names)
    if path is None:
        return None
    # The id of a group has no provider in it.
    if type_.lower() == _GROUPS and re.fullmatch(r"/subscriptions/[^/]+", scope_id):
        return f"{scope_id}/resourceGroups/{names[0]}"
    return f"{scope_id}/providers/{path}"
