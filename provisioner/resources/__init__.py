"""Azure's resource types and resources, described once for render, plan, apply, drift and import."""

from __future__ import annotations

from provisioner.resources.graph import Graph
from provisioner.resources.resource import Key, Param, Ref, Resource, iterate_refs, substitute
from provisioner.resources.resource_ids import arm_guid, parse_resource_id
from provisioner.resources.resource_types import TYPES_IN_ORDER, Body, ResourceType, TypeName, resource_type

__all__ = [
    "TYPES_IN_ORDER",
    "Body",
    "Graph",
    "Key",
    "Param",
    "Ref",
    "Resource",
    "ResourceType",
    "TypeName",
    "arm_guid",
    "iterate_refs",
    "parse_resource_id",
    "resource_type",
    "substitute",
]
