"""The order of deployment: by `dependsOn`, by references, by serial loops."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from typing import Any

from provisioner.template.evaluation_context import Mention
from provisioner.template.resource_instances import ResourceInstance
from provisioner.template.resource_lookup import ResourceLookup
from provisioner.template.template_errors import TemplateError

Edges = dict[str, set[str]]


def connect(
    instances: list[ResourceInstance],
    lookup: ResourceLookup,
    mentioned: Mapping[str, Iterable[Mention]],
    *,
    allow_unresolved: bool,
) -> list[ResourceInstance]:
    """Fill in the dependencies and give the instances in order; of those that may go at once the first written first.

    `mentioned` has what the expressions of each instance's body speak of, by the instance's key. Raises TemplateError
    for a dependency that is not in the template, and for a circle.
    """
    firm: Edges = {instance.key: set() for instance in instances}
    for instance in instances:
        firm[instance.key] |= _declared(instance, lookup, allow_unresolved=allow_unresolved)
    for loop in _serial_loops(instances):
        _chain(loop, firm)
    soft = {key: set(keys) for key, keys in firm.items()}
    for instance in instances:
        by_name, by_id = _referenced(instance, lookup, mentioned.get(instance.key, ()))
        firm[instance.key] |= by_name
        soft[instance.key] |= by_name | by_id | ({instance.parent} if instance.parent in firm else set())
    for edges in (firm, soft):
        for key in edges:
            edges[key].discard(key)
    # An id in an expression, or a place inside a parent, is no dependency in Azure; it orders where it can.
    ordered, circle = _sorted(instances, soft)
    if circle is not None:
        soft = firm
        ordered, circle = _sorted(instances, firm)
    if circle is not None:
        raise TemplateError("circular-dependency", resource=circle.id).within(*circle.path)
    numbers = {instance.key: number for number, instance in enumerate(ordered)}
    for instance in instances:
        instance.dependencies = tuple(sorted(soft[instance.key], key=numbers.__getitem__))
    return ordered


def _declared(instance: ResourceInstance, lookup: ResourceLookup, *, allow_unresolved: bool) -> set[str]:
    keys: set[str] = set()
    for index, need in enumerate(instance.needs):
        if not isinstance(need, str):
            continue
        named_instances = lookup.all_named(need)
        if named_instances is None and not allow_unresolved:
            raise TemplateError("not-in-template", resource=need).within(*instance.path, "dependsOn", index)
        keys.update(other.key for other in named_instances or ())
    return keys


def _referenced(
    instance: ResourceInstance, lookup: ResourceLookup, mentions: Iterable[Mention]
) -> tuple[set[str], set[str]]:
    by_name: set[str] = set()
    by_id: set[str] = set()
    for mention in mentions:
        other = lookup.instance(mention.target.symbolic_name or mention.target.id)
        if other is not None and other is not instance:
            (by_name if mention.by_name else by_id).add(other.key)
    return by_name, by_id


def _serial_loops(instances: list[ResourceInstance]) -> list[list[ResourceInstance]]:
    loops: dict[Any, list[ResourceInstance]] = {}
    for instance in instances:
        if instance.loop is not None and instance.batch and instance.parent is None:
            loops.setdefault(instance.path, []).append(instance)
    return list(loops.values())


def _chain(loop: list[ResourceInstance], edges: Edges) -> None:
    """Each batch after the one before it."""
    size = loop[0].batch
    for start in range(size, len(loop), size):
        before = {instance.key for instance in loop[start - size : start]}
        for instance in loop[start : start + size]:
            edges[instance.key] |= before


def _sorted(instances: list[ResourceInstance], edges: Edges) -> tuple[list[ResourceInstance], ResourceInstance | None]:
    """The instances in order, or one that stands in a circle."""
    numbers = {instance.key: number for number, instance in enumerate(instances)}
    waiting = {key: len(keys) for key, keys in edges.items()}
    after: dict[str, list[str]] = {key: [] for key in edges}
    for key, keys in edges.items():
        for source in keys:
            after[source].append(key)
    # A heap of positions: among what is ready the order in which it is written decides, so plans are repeatable.
    ready = [numbers[key] for key, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    ordered: list[ResourceInstance] = []
    while ready:
        instance = instances[heapq.heappop(ready)]
        ordered.append(instance)
        for key in after[instance.key]:
            waiting[key] -= 1
            if waiting[key] == 0:
                heapq.heappush(ready, numbers[key])
    if len(ordered) == len(instances):
        return ordered, None
    return ordered, _in_circle(instances, edges, waiting)


def _in_circle(instances: list[ResourceInstance], edges: Edges, waiting: dict[str, int]) -> ResourceInstance:
    """Walk back along what is waited for until a place comes up again: it is on a circle, not only behind one."""
    by_key = {instance.key: instance for instance in instances}
    key = next(key for key, count in waiting.items() if count)
    seen: set[str] = set()
    while key not in seen:
        seen.add(key)
        key = next(source for source in sorted(edges[key]) if waiting[source])
    return by_key[key]
