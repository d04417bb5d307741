"""What Azure holds, described once and read by render, plan, apply, drift and import."""

from __future__ import annotations

from provisioner.resources.graph import Graph
from provisioner.resources.resource import Key, Param, Ref, Resource, refs, substitute
from provisioner.resources.resource_ids import guid, parse_id
from provisioner.resources.resource_types import SHORTS, Body, ResourceType, Short, resource_type

__all__ = [
    "SHORTS",
    "Body",
    "Graph",
    "Key",
    "Param",
    "Ref",
    "Resource",
    "ResourceType",
    "Short",
    "guid",
    "parse_id",
    "refs",
    "resource_type",
    "substitute",
]
