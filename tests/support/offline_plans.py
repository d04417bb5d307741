"""Plans without Azure: what one manifest declares stands for what Azure holds when another one is planned."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from provisioner.live import LiveResources, UndeclaredResource
from provisioner.plan import PLAN_DEFAULTS, Plan, PlanOptions, build_plan
from provisioner.plan.effects.plan_effects import with_row_effects
from provisioner.project import Project
from provisioner.resources import Graph, Resource

NOW = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
OWNABLE = ("dcr", "endpoint", "grant")


def plan_between(before: Path, after: Path, options: PlanOptions = PLAN_DEFAULTS) -> Plan:
    """The plan of the manifest `after`, in an Azure that holds what `before` declares; tables stay without an owner."""
    old, new = Project.load(before), Project.load(after)
    live, desired = old.desired(), new.desired()
    bodies = as_live(live)
    kept = [resource for resource in bodies if resource.key in desired]
    undeclared = tuple(
        UndeclaredResource(
            one.type.short_name, one.name, str(one.id), one.type.short_name in OWNABLE, {"name": one.name, **one.body}
        )
        for one in bodies
        if one.key not in desired
    )
    plan = build_plan(desired, LiveResources(Graph(kept), undeclared), options)
    return with_row_effects(plan, new.raise_if_invalid(), new.transforms, NOW)


def as_live(graph: Graph) -> list[Resource]:
    """The resources of a graph as Azure would hold them: references are ids."""
    return [replace(resource, body=graph.resolved_body(resource)) for resource in graph]
