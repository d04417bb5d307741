"""Plans without Azure: what one manifest declares stands for what Azure holds when another one is planned."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from provisioner.live import LiveResources, UndeclaredResource
from provisioner.plan import PLAN_DEFAULTS, Plan, PlanOptions, build_plan
from provisioner.plan.plan_details import with_details
from provisioner.project import Project
from provisioner.resources import Graph, Resource

NOW = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
OWNABLE = ("dcr", "endpoint", "grant")


def plan_between(before: Path, after: Path, options: PlanOptions = PLAN_DEFAULTS) -> Plan:
    """The plan of the manifest `after`, in an Azure that holds what `before` declares; tables stay without an owner."""
    old, new = Project.load(before), Project.load(after)
    live, desired = old.desired(), new.desired()
    declared = {resource.id: resource for resource in desired}
    bodies = as_live(live)
    # As Azure is read: what has a declared id stands under the name that the manifest gives it.
    kept = [replace(one, name=declared[one.id].name) for one in bodies if one.id in declared]
    undeclared = tuple(
        UndeclaredResource(
            one.type.short_name, one.name, str(one.id), one.type.short_name in OWNABLE, _listed_body(one)
        )
        for one in bodies
        if one.id not in declared
    )
    plan = build_plan(desired, LiveResources(Graph(kept), undeclared), options)
    new.raise_if_invalid()
    return with_details(plan, new.document, new.transforms, NOW)


def as_live(graph: Graph) -> list[Resource]:
    """The resources of a graph as Azure would hold them: references are ids."""
    return [replace(resource, body=graph.resolved_body(resource)) for resource in graph]


def _listed_body(resource: Resource) -> dict[str, Any]:
    """A body as lists have it: with its name, a role assignment with its scope."""
    scope = str(resource.id).partition("/providers/Microsoft.Authorization/")[0]
    properties = {"scope": scope} if resource.type.short_name == "grant" else {}
    return {**resource.body, "name": resource.name, "properties": {**resource.body["properties"], **properties}}
