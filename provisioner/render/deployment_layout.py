"""What a rendered deployment makes of a graph: which resources it creates, and which of them in another group."""

from __future__ import annotations

from dataclasses import replace

from provisioner.model import Manifest
from provisioner.resources import Graph, Key, Param, Ref, Resource, parse_resource_id, substitute


class DeploymentLayout:
    """Questions that every template format asks of the same manifest and graph."""

    def __init__(self, manifest: Manifest, graph: Graph) -> None:
        self.manifest, self.graph = manifest, graph

    def is_deployed(self, key: Key) -> bool:
        """Whether the deployment creates it: existing resources are read, and the group is its scope.

        Nor are applications: they are no resources of Azure Resource Manager.
        """
        resource = self.graph.get(key)
        return resource is not None and not resource.existing and key[0] != "group" and resource.type.api == "arm"

    def completed_scope(self, resource: Resource) -> Resource:
        """The scope of a resource that is one property of it, as it is with that property: what a PUT of it needs."""
        assert resource.scope is not None
        scope = self.graph[resource.scope]
        body = {**scope.body, "properties": {**scope.body["properties"], **resource.body["properties"]}}
        return replace(scope, body=body)

    def in_other_group(self, resource: Resource) -> bool:
        """Whether it is in another group than the deployment: a table of an existing workspace."""
        parts = parse_resource_id(resource.id) if resource.id else None
        target = self.manifest.target
        own_group = (target.subscription.lower(), target.resource_group.lower())
        return parts is not None and (parts.subscription.lower(), parts.group.lower()) != own_group

    def has_own_location(self, resource: Resource) -> bool:
        """Whether it lies in the region that is a parameter; other regions stay literal."""
        return bool(resource.body.get("location") == self.manifest.target.location)

    def parameters(self) -> list[Param]:
        """The values that only the deployer knows, each once, in the order in which bodies need them."""
        parameters: dict[str, Param] = {}

        def collect(value: Ref | Param) -> None:
            if isinstance(value, Param):
                parameters.setdefault(value.name, value)

        for resource in self.graph:
            substitute(resource.body, collect)
        return [*parameters.values()]


LOCATION_DESCRIPTION = "Region of the workspace, the endpoint and the rules: the same for all."
