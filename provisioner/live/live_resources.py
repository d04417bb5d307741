"""What Azure holds of the resources that a manifest declares, and what else stands beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from provisioner.azure.thread_pool import each
from provisioner.live.inventory import Coverage, Inventory, inventory
from provisioner.resources import Body, Graph, Key, Resource, Short, resource_type
from provisioner.resources.expansion_context import OWNER_TAG

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.model import Manifest

_LISTED: dict[Short, str] = {"table": "tables", "dcr": "dcrs", "endpoint": "endpoints", "grant": "grants"}
FEW = 3
"""Up to so many of a type single reads are lighter than its list: all leave at once and bring what is asked for."""


@dataclass(frozen=True, slots=True)
class Undeclared:
    """Something that is there and that the manifest does not mention. `owned`: it bears our mark."""

    type: Short
    name: str
    id: str
    owned: bool
    body: Body

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "undeclared"."""
        return {"type": self.type, "name": self.name, "id": self.id, "owned": self.owned}


@dataclass(frozen=True, slots=True)
class Live:
    """Resources keyed as in the desired graph, strangers, and how much of it all could be read."""

    graph: Graph
    undeclared: tuple[Undeclared, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    everything: Inventory | None = None
    """What was listed; None after single reads."""


def read(
    azure: Azure,
    desired: Graph,
    *,
    only: Collection[Key] | None = None,
    owner: str | None = None,
    tolerant: bool = False,
    by: Literal["auto", "list", "get"] = "auto",
) -> Live:
    """The live counterparts of desired resources, in the fewest calls.

    `only` narrows to some keys: for a few of them single reads are lighter than lists (`auto`), and nothing
    undeclared is told. `owner` is the ownership tag that makes a stranger ours. Raises CloudError; with `tolerant`
    what could not be read is a gap in `coverage`.
    """
    workspace, group = _anchors(desired)
    if only is not None:
        return _narrow(azure, tuple(each for each in desired if each.key in only), (workspace, group), by)
    wanted = tuple(desired)
    if by == "get":
        return Live(Graph(_single(azure, wanted)))
    found = inventory(azure, workspace, group, tolerant=tolerant)
    graph = Graph([*_listed(found, wanted, group), *_single(azure, _outside(wanted, group))])
    return Live(graph, tuple(_undeclared(found, desired, owner)), found.coverage, found)


def _narrow(azure: Azure, wanted: tuple[Resource, ...], anchors: tuple[str, str], by: str) -> Live:
    """Some resources: a list for each type of which there are many, single reads for the rest."""
    workspace, group = anchors
    counts = Counter(one.type.short for one in wanted)
    few = FEW if by == "auto" else 0
    many = {short for short, count in counts.items() if short in _LISTED and count > few and by != "get"}
    lists = {_LISTED[short] for short in many}
    bulk = tuple(one for one in wanted if one.type.short in many)
    rest = tuple(one for one in wanted if one.type.short not in many) + _outside(bulk, group)
    found = inventory(azure, workspace, group, only=lists) if lists else None
    return Live(Graph([*(_listed(found, bulk, group) if found else ()), *_single(azure, rest)]))


def located(manifest: Manifest, live: Live) -> Manifest:
    """The manifest with the regions of what exists, once read: DCRs stand where the workspace really stands."""
    workspace = live.graph.get(("workspace", manifest.workspace.name))
    if not manifest.workspace.existing or workspace is None or not workspace.body.get("location"):
        return manifest
    assumed, region = manifest.workspace.location, _region(workspace.body["location"])
    endpoint = manifest.endpoint
    if endpoint is not None and endpoint.location == assumed:
        endpoint = replace(endpoint, location=region)
    return replace(manifest, workspace=replace(manifest.workspace, location=region), endpoint=endpoint)


def _region(text: str) -> str:
    return text.replace(" ", "").lower()


def _anchors(desired: Graph) -> tuple[str, str]:
    """The ids of the workspace and of the target's group."""
    workspace, group = desired.of("workspace")[0], desired.of("group")[0]
    assert workspace.id is not None
    assert group.id is not None
    return workspace.id, group.id


def _listed(found: Inventory, wanted: tuple[Resource, ...], group: str) -> Iterator[Resource]:
    """Those that a list, or the reading of the workspace, has brought."""
    by_id = {_key(body): body for body in _bodies(found)}
    twins = {_triple(body): body for body in found.grants or ()}
    for resource in wanted:
        if resource.id is None:
            continue
        body = by_id.get(resource.id.lower())
        if body is None and resource.type.short == "grant":
            # The same grant under another name does what is wanted, and Azure refuses a second one.
            body = twins.get(_declared_triple(resource))
        if found.group and resource.id.lower() == group.lower():
            body = {"id": resource.id, "name": resource.azure_name}
        if body is not None:
            yield _live(resource, body)


def _bodies(found: Inventory) -> Iterator[Body]:
    if found.workspace is not None:
        yield found.workspace
    for scope in _LISTED.values():
        yield from getattr(found, scope) or ()


def _outside(wanted: tuple[Resource, ...], group: str) -> tuple[Resource, ...]:
    """What no list covers: an endpoint of another group, and the groups of what is made elsewhere."""
    own = f"{group}/".lower()
    return tuple(
        resource
        for resource in wanted
        if resource.id
        and (
            (resource.type.short == "endpoint" and not resource.id.lower().startswith(own))
            or (resource.type.short == "group" and resource.id.lower() != group.lower())
        )
    )


def _single(azure: Azure, wanted: tuple[Resource, ...]) -> list[Resource]:
    """One read for each."""
    known = [resource for resource in wanted if resource.id is not None]
    found = each(lambda one: azure.management.get(str(one.id), one.type.api_version), known, azure.concurrency)
    return [_live(resource, body) for resource, body in found if body is not None]


def _live(resource: Resource, body: Body) -> Resource:
    """The live twin: Azure's id and body under the manifest's name."""
    id_ = str(body.get("id") or resource.id)
    return replace(resource, id=id_, azure_name=id_.rsplit("/", 1)[1], body=body, after=())


def _undeclared(found: Inventory, desired: Graph, owner: str | None) -> Iterator[Undeclared]:
    declared = {str(resource.id).lower() for resource in desired if resource.id}
    granted = {_declared_triple(resource) for resource in desired.of("grant")}
    rules = {_key(body) for body in found.dcrs or () if _key(body) in declared or _owned("dcr", body, owner)}
    for short, scope in _LISTED.items():
        for body in getattr(found, scope) or ():
            if _key(body) in declared or not _concerns(short, body, rules, granted):
                continue
            name = str(body.get("name") or str(body["id"]).rsplit("/", 1)[1])
            yield Undeclared(short, name, str(body["id"]), _owned(short, body, owner), body)


def _concerns(short: Short, body: Body, rules: set[str], granted: set[tuple[str, str, str]]) -> bool:
    """Azure's own tables, and grants that are not on a rule of ours, are nobody's business here."""
    properties = body.get("properties") or {}
    if short == "table":
        return (properties.get("schema") or {}).get("tableType") == "CustomLog"
    if short == "grant":
        return str(properties.get("scope", "")).lower() in rules and _triple(body) not in granted
    return True


def _owned(short: Short, body: Body, owner: str | None) -> bool:
    """DCRs and endpoints bear a tag; a grant's name is the one that we derive; tables have no owner."""
    if short == "grant":
        from provisioner.resources.grant_resource import assignment_name

        scope, principal, role = _triple(body, lower=False)
        return str(body.get("name", "")).lower() == assignment_name(scope, principal, role.rsplit("/", 1)[-1].lower())
    return owner is not None and (body.get("tags") or {}).get(OWNER_TAG) == owner


def _triple(body: Body, *, lower: bool = True) -> tuple[str, str, str]:
    """What a grant says: scope, principal and the GUID of the role."""
    properties = body.get("properties") or {}
    role = str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1]
    found = (str(properties.get("scope", "")), str(properties.get("principalId", "")), role)
    return (found[0].lower(), found[1].lower(), found[2].lower()) if lower else found


def _declared_triple(resource: Resource) -> tuple[str, str, str]:
    scope = str(resource.id or "").partition(f"/providers/{resource_type('grant').name}/")[0]
    properties = {**resource.body.get("properties", {}), "scope": scope}
    return _triple({"properties": properties})


def _key(body: Body) -> str:
    return str(body.get("id", "")).lower()
