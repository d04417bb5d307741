"""The live counterparts of the resources that a manifest declares, and undeclared resources beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from provisioner.azure.thread_pool import map_unordered
from provisioner.errors import CloudError
from provisioner.live.extension_reads import read_extension_bodies
from provisioner.live.grant_matching import declared_grant_triple, grant_triple
from provisioner.live.inventory import MAIN_SCOPES, Inventory, ScopeCoverage, read_inventory
from provisioner.live.undeclared_resources import (
    ALERT_TYPES,
    INVENTORY_FIELDS,
    UndeclaredResource,
    UndeclaredSearch,
    body_id,
)
from provisioner.resources import Body, Graph, Key, Resource, TypeName

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.model import Manifest

# Single reads run at once and bring just what is needed; a list brings pages of everything.
MAX_SINGLE_READS = 3
"""Up to so many resources of one type are read one by one, more by a list."""


@dataclass(frozen=True, slots=True)
class LiveResources:
    """The graph of live resources keyed as the desired ones, undeclared resources, and how much could be read."""

    graph: Graph
    undeclared: tuple[UndeclaredResource, ...] = ()
    coverage: tuple[ScopeCoverage, ...] = ()
    inventory: Inventory | None = None
    """What was listed; None where resources were read by key."""


def read_live(
    azure: Azure,
    desired: Graph,
    *,
    only: Collection[Key] | None = None,
    owner: str | None = None,
    allow_gaps: bool = False,
    strategy: Literal["auto", "list", "get"] = "auto",
    applications: Mapping[str, Body] | None = None,
    owned_applications: Mapping[str, Body] | None = None,
    look_for: Collection[TypeName] = (),
) -> LiveResources:
    """The live counterparts of desired resources, in the fewest calls.

    `only` narrows to some keys, without undeclared resources; `strategy` then is one read a resource (`get`), a list a
    type (`list`), or whichever is lighter (`auto`). `owner` is the ownership tag that makes an undeclared resource
    owned; `look_for` has types of which there may be some though none is declared. `applications` are those that were
    read already, by their unique names. Raises CloudError; with `allow_gaps` what could not be read is a gap in
    `coverage`.
    """
    workspace_id, group_id = _workspace_and_group_ids(desired)
    if only is not None:
        selected = tuple(resource for resource in desired if resource.key in only)
        return _read_some(azure, selected, (workspace_id, group_id), strategy)
    if applications is None:
        applications = _read_applications(azure, desired.of_type("application"))
    resources = tuple(resource for resource in desired if resource.type.api == "arm")
    live_applications = _live_applications(desired, applications)
    if strategy == "get":
        return LiveResources(Graph([*_read_each(azure, resources, workspace_id), *live_applications]))
    alert_types = [type_ for type_ in ALERT_TYPES if desired.of_type(type_) or type_ in look_for]
    alert_scopes = [INVENTORY_FIELDS[type_] for type_ in alert_types]
    inventory = read_inventory(azure, workspace_id, group_id, allow_gaps=allow_gaps, only=(*MAIN_SCOPES, *alert_scopes))
    listed = _from_inventory(inventory, resources, group_id)
    single = _outside_inventory(resources, group_id)
    extensions = [resource for resource in single if resource.type.extension]
    extra, coverage = _read_extensions(azure, extensions, workspace_id, allow_gaps=allow_gaps)
    others = tuple(resource for resource in single if not resource.type.extension)
    graph = Graph([*listed, *_read_each(azure, others, workspace_id), *extra, *live_applications])
    search = UndeclaredSearch(azure, desired, owner, look_for, allow_gaps, owned_applications)
    undeclared = search.run(inventory, applications)
    return LiveResources(graph, undeclared, (*inventory.coverage, *coverage, *search.coverage), inventory)


def read_types(azure: Azure, desired: Graph, types: Collection[TypeName]) -> Graph:
    """The live counterparts of the desired resources of some types, in the fewest calls. Raises CloudError."""
    return read_live(azure, desired, only={one.key for one in desired if one.type.short_name in types}).graph


def _read_some(
    azure: Azure, resources: tuple[Resource, ...], parent_ids: tuple[str, str], strategy: str
) -> LiveResources:
    """Some resources: a list for each type of which there are many, single reads for the rest."""
    workspace_id, group_id = parent_ids
    counts = Counter(resource.type.short_name for resource in resources)
    most_single = MAX_SINGLE_READS if strategy == "auto" else 0
    listed_types = {
        type_name
        for type_name, count in counts.items()
        if type_name in INVENTORY_FIELDS and count > most_single and strategy != "get"
    }
    listed = tuple(resource for resource in resources if resource.type.short_name in listed_types)
    single = tuple(resource for resource in resources if resource.type.short_name not in listed_types)
    single += _outside_inventory(listed, group_id)
    if not listed_types:
        return LiveResources(Graph(_read_each(azure, single, workspace_id)))
    scopes = {INVENTORY_FIELDS[type_name] for type_name in listed_types}
    inventory = read_inventory(azure, workspace_id, group_id, only=scopes)
    return LiveResources(
        Graph([*_from_inventory(inventory, listed, group_id), *_read_each(azure, single, workspace_id)])
    )


def with_live_regions(manifest: Manifest, live: LiveResources) -> Manifest:
    """The manifest with the region of its existing workspace as Azure has it: DCRs must be in that region."""
    workspace = live.graph.get(("workspace", manifest.workspace.name))
    # A managed workspace is where the manifest says; an existing one may be anywhere, and its region is known to Azure.
    if not manifest.workspace.existing or workspace is None or not workspace.body.get("location"):
        return manifest
    assumed_region, region = manifest.workspace.location, _short_region(workspace.body["location"])
    endpoint = manifest.endpoint
    if endpoint is not None and endpoint.location == assumed_region:
        endpoint = replace(endpoint, location=region)
    return replace(manifest, workspace=replace(manifest.workspace, location=region), endpoint=endpoint)


def _short_region(location: str) -> str:
    return location.replace(" ", "").lower()


def _workspace_and_group_ids(desired: Graph) -> tuple[str, str]:
    """The ids of the workspace and of the target's group."""
    workspace, group = desired.of_type("workspace")[0], desired.of_type("group")[0]
    assert workspace.id is not None
    assert group.id is not None
    return workspace.id, group.id


def _from_inventory(inventory: Inventory, resources: tuple[Resource, ...], group_id: str) -> Iterator[Resource]:
    """The live counterparts that the inventory holds."""
    by_id = {body_id(body): body for body in _bodies(inventory)}
    grants = {grant_triple(body): body for body in inventory.grants or ()}
    for resource in resources:
        if resource.id is None:
            continue
        body = by_id.get(resource.id.lower())
        if body is None and resource.type.short_name == "grant":
            # The same grant under another name has the same effect, and Azure refuses a second one.
            body = grants.get(declared_grant_triple(resource))
        if inventory.group_exists and resource.id.lower() == group_id.lower():
            # No list brings the group itself; that lists in it answer shows that it exists.
            body = {"id": resource.id, "name": resource.azure_name}
        if body is not None and _is_there(resource, body):
            yield _as_live(resource, body)


def _is_there(resource: Resource, body: Body) -> bool:
    """Whether a body shows that the resource exists: one that is a property of another does where that has a value."""
    value: Any = body
    for key in resource.type.property_of_scope.split(".") if resource.type.property_of_scope else ():
        value = value.get(key) if isinstance(value, dict) else None
    return bool(value)


def _bodies(inventory: Inventory) -> Iterator[Body]:
    if inventory.workspace is not None:
        yield inventory.workspace
    for field in INVENTORY_FIELDS.values():
        yield from getattr(inventory, field) or ()


def _outside_inventory(resources: tuple[Resource, ...], group_id: str) -> tuple[Resource, ...]:
    """The resources that no list covers: in another group, or at another resource (the list of grants covers those)."""
    prefix = f"{group_id}/".lower()
    return tuple(
        resource
        for resource in resources
        if resource.id
        and (
            (resource.type.extension and resource.type.short_name != "grant")
            or (resource.type.short_name == "endpoint" and not resource.id.lower().startswith(prefix))
            or (resource.type.short_name == "group" and resource.id.lower() != group_id.lower())
        )
    )


def _read_applications(azure: Azure, resources: tuple[Resource, ...]) -> dict[str, Body]:
    """The live app registrations, by their unique names; no request where there are none to read."""
    return azure.directory.find_applications(str(one.azure_name) for one in resources) if resources else {}


def _live_applications(desired: Graph, applications: Mapping[str, Body]) -> list[Resource]:
    declared = desired.of_type("application")
    return [_as_live(one, applications[name]) for one in declared if (name := str(one.azure_name)) in applications]


def _read_each(azure: Azure, resources: tuple[Resource, ...], workspace_id: str) -> list[Resource]:
    """The live counterparts of resources with an id, by one concurrent read each.

    Diagnostic settings are read by a batch, applications together.
    """

    def read(resource: Resource) -> Body | None:
        return azure.management.get(str(resource.id), resource.type.api_version)

    readable = [resource for resource in resources if resource.id is not None and resource.type.api == "arm"]
    settings = [resource for resource in readable if resource.type.short_name == "diagnostic_setting"]
    single = [resource for resource in readable if resource.type.short_name != "diagnostic_setting"]
    results = [(one, body) for one, body in map_unordered(read, single, azure.concurrency) if body is not None]
    for one, body in read_extension_bodies(azure, settings, workspace_id) if settings else ():
        if isinstance(body, CloudError):
            raise body
        results.append((one, body))
    in_directory = Graph(resource for resource in resources if resource.type.api == "directory")
    applications = _read_applications(azure, tuple(in_directory))
    return [
        *(_as_live(resource, body) for resource, body in results if _is_there(resource, body)),
        *_live_applications(in_directory, applications),
    ]


def _read_extensions(
    azure: Azure, resources: list[Resource], workspace_id: str, *, allow_gaps: bool
) -> tuple[list[Resource], list[ScopeCoverage]]:
    """What lies at other resources, and for each of its types whether it could be read.

    With `allow_gaps` a type that could not be read is a gap, else CloudError is raised.
    """
    live, errors = list[Resource](), dict[TypeName, CloudError]()
    for resource, body in read_extension_bodies(azure, resources, workspace_id):
        if not isinstance(body, CloudError):
            live.append(_as_live(resource, body))
        elif allow_gaps:
            errors[resource.type.short_name] = body
        else:
            raise body
    types = dict.fromkeys(resource.type.short_name for resource in resources)
    coverage = [
        ScopeCoverage(name, name not in errors, errors[name].message if name in errors else None) for name in types
    ]
    return live, coverage


def _as_live(resource: Resource, body: Body) -> Resource:
    """The live counterpart: Azure's id and body under the manifest's name."""
    id_ = str(body.get("id") or resource.id)
    name = resource.azure_name if resource.type.api == "directory" else id_.rsplit("/", 1)[1]
    return replace(resource, id=id_, azure_name=name, body=body, after=())
