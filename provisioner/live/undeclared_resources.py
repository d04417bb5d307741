"""Live resources beside those that a manifest declares: its own that it no longer declares, and those of others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.errors import CloudError
from provisioner.live.extension_reads import read_settings_at
from provisioner.live.grant_matching import declared_grant_triple, grant_triple
from provisioner.live.inventory import ALERT_SCOPES, Inventory, ScopeCoverage
from provisioner.resources import Body, Graph, TypeName
from provisioner.resources.application_resource import principal_id
from provisioner.resources.expansion_context import OWNER_TAG, application_name_in
from provisioner.resources.grant_resource import assignment_name
from provisioner.resources.monitoring_resource import setting_name
from provisioner.resources.workspace_transform_resource import is_workspace_rule

if TYPE_CHECKING:
    from provisioner.azure import Azure

INVENTORY_FIELDS: Mapping[TypeName, str] = {
    "table": "tables",
    "dcr": "dcrs",
    "endpoint": "endpoints",
    "grant": "grants",
    "metric_alert": "metric_alerts",
    "query_alert": "query_alerts",
}
"""The field of `Inventory` that lists a type."""
ALERT_TYPES: tuple[TypeName, ...] = tuple(type_ for type_, field_ in INVENTORY_FIELDS.items() if field_ in ALERT_SCOPES)


@dataclass(frozen=True, slots=True)
class UndeclaredResource:
    """A live resource that the manifest does not declare. `owned`: it has this manifest's ownership mark."""

    type: TypeName
    name: str
    id: str
    owned: bool
    body: Body

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "undeclared"."""
        return {"type": self.type, "name": self.name, "id": self.id, "owned": self.owned}


@dataclass(slots=True)
class UndeclaredSearch:
    """Looks beside a desired graph; `owner` is the ownership tag that makes a resource ours.

    `look_for` has types that are looked for even though the graph has none of them. With `allow_gaps` what could not be
    read is a gap in `coverage`, else CloudError is raised.
    """

    azure: Azure
    desired: Graph
    owner: str | None
    look_for: Collection[TypeName]
    allow_gaps: bool
    owned_applications: Mapping[str, Body] | None = None
    """Those with our mark, by unique name, where they were read already."""
    coverage: list[ScopeCoverage] = field(default_factory=list)

    def run(self, inventory: Inventory, applications: Mapping[str, Body]) -> tuple[UndeclaredResource, ...]:
        """What is there and not declared; `applications` are the declared ones, by unique name."""
        owned = self._owned_applications()
        names = {principal_id(body): name for name, body in {**applications, **owned}.items()}
        return (
            *_listed_resources(inventory, self.desired, self.owner, names),
            *self._default_rule(inventory),
            *self._settings(inventory, names),
            *self._applications(owned),
        )

    def _owned_applications(self) -> dict[str, Body]:
        """The app registrations with our tag, by unique name."""
        if self.owned_applications is not None:
            return dict(self.owned_applications)
        declared = self.desired.of_type("application")
        # A manifest that declares none needs no right to read the directory: it is not asked unless somebody prunes.
        if self.owner is None or not (declared or "application" in self.look_for):
            return {}
        try:
            return self.azure.directory.find_owned(f"{OWNER_TAG}:{self.owner}")
        except CloudError as error:
            if declared and not self.allow_gaps:
                raise
            self.coverage.append(ScopeCoverage("principals", ok=False, why=error.message))
            return {}

    def _applications(self, owned: Mapping[str, Body]) -> Iterator[UndeclaredResource]:
        declared = {str(one.azure_name) for one in self.desired.of_type("application")}
        group = str(self.desired.of_type("group")[0].id)
        for unique_name, body in owned.items():
            name = application_name_in(unique_name, str(self.owner), group)
            # The same manifest may be deployed to other groups: what was made for them is not this one's.
            if name is not None and unique_name not in declared:
                yield UndeclaredResource("application", name, str(body["id"]), owned=True, body=body)

    def _default_rule(self, inventory: Inventory) -> Iterator[UndeclaredResource]:
        """That the workspace names a rule of ours as its own, where none is declared."""
        workspace = self.desired.of_type("workspace")[0]
        body = inventory.workspace
        if body is None or workspace.existing or self.desired.of_type("default_dcr"):
            return
        named = str((body.get("properties") or {}).get("defaultDataCollectionRuleResourceId") or "").lower()
        if any(body_id(rule) == named and _is_owned("dcr", rule, self.owner, {}) for rule in inventory.dcrs or ()):
            yield UndeclaredResource("default_dcr", workspace.name, str(workspace.id), owned=True, body=body)

    def _settings(self, inventory: Inventory, names: Mapping[str | None, str]) -> Iterator[UndeclaredResource]:
        """Our diagnostic settings at rules of ours for which none is declared."""
        if self.owner is None or "diagnostic_setting" not in self.look_for:
            return
        scopes = [one.scope for one in self.desired.of_type("diagnostic_setting") if one.scope is not None]
        declared = {str(self.desired[scope].id).lower() for scope in scopes}
        own = own_rule_ids(inventory, self.desired, self.owner, names)
        # A workspace's own rule never gets one.
        rules = [
            body for body in inventory.dcrs or () if body_id(body) in own - declared and not is_workspace_rule(body)
        ]
        if not rules:
            return
        name = setting_name(self.owner)
        try:
            answers = [*read_settings_at(self.azure, [str(rule["id"]) for rule in rules])]
        except CloudError as error:
            if not self.allow_gaps:
                raise
            self.coverage.append(ScopeCoverage("diagnostic_setting", ok=False, why=error.message))
            return
        for rule, settings in zip(rules, answers, strict=True):
            for setting in settings:
                # Settings bear no tags: those of another name are somebody else's.
                if str(setting.get("name")).lower() == name.lower():
                    rule_name, id_ = str(rule["name"]), str(setting["id"])
                    yield UndeclaredResource("diagnostic_setting", rule_name, id_, owned=True, body=setting)


def own_rule_ids(
    inventory: Inventory, desired: Graph, owner: str | None, names: Mapping[str | None, str]
) -> frozenset[str]:
    """The ids, in lower case, of the listed rules that are declared or bear our mark."""
    declared_ids = {str(resource.id).lower() for resource in desired if resource.id}
    return frozenset(
        body_id(body)
        for body in inventory.dcrs or ()
        if body_id(body) in declared_ids or _is_owned("dcr", body, owner, names)
    )


def _listed_resources(
    inventory: Inventory, desired: Graph, owner: str | None, names: Mapping[str | None, str]
) -> Iterator[UndeclaredResource]:
    """The listed resources that are not declared; `names` has the unique name of each application's principal."""
    declared_ids = {str(resource.id).lower() for resource in desired if resource.id}
    declared_grants = {declared_grant_triple(resource) for resource in desired.of_type("grant")}
    own_dcrs = own_rule_ids(inventory, desired, owner, names)
    for type_name, field_name in INVENTORY_FIELDS.items():
        for body in getattr(inventory, field_name) or ():
            if body_id(body) in declared_ids or not _is_relevant(type_name, body, own_dcrs, declared_grants):
                continue
            name = str(body.get("name") or str(body["id"]).rsplit("/", 1)[1])
            yield UndeclaredResource(type_name, name, str(body["id"]), _is_owned(type_name, body, owner, names), body)


def _is_relevant(
    type_name: TypeName, body: Body, own_dcrs: Collection[str], declared_grants: set[tuple[str, str, str]]
) -> bool:
    """Whether an undeclared resource is reported: not Azure's own tables, not grants on DCRs of others."""
    properties = body.get("properties") or {}
    if type_name == "table":
        return (properties.get("schema") or {}).get("tableType") == "CustomLog"
    if type_name == "grant":
        return str(properties.get("scope", "")).lower() in own_dcrs and grant_triple(body) not in declared_grants
    # A group holds alerts of all kinds; those of others are none of a manifest's business.
    if type_name in ALERT_TYPES:
        return OWNER_TAG in (body.get("tags") or {})
    return True


def _is_owned(type_name: TypeName, body: Body, owner: str | None, names: Mapping[str | None, str]) -> bool:
    """Whether the resource has the ownership mark: a tag, or for a grant the derived name; tables have none."""
    if type_name == "grant":
        # The name was derived from scope and principal in their original case.
        scope, principal, role = grant_triple(body, lower=False)
        key = names.get(principal, principal)
        return str(body.get("name", "")).lower() == assignment_name(scope, key, role.rsplit("/", 1)[-1].lower())
    return owner is not None and (body.get("tags") or {}).get(OWNER_TAG) == owner


def body_id(body: Body) -> str:
    """The id of a body in lower case, as ids compare."""
    return str(body.get("id", "")).lower()
