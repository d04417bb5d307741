"""The resources of a template by every name that expressions and `dependsOn` may use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from provisioner.template.deployment_scope import resource_path
from provisioner.template.evaluation_context import Target
from provisioner.template.json_values import text_of
from provisioner.template.resource_instances import ResourceInstance
from provisioner.template.resource_loops import LoopNames
from provisioner.template.unknown_values import Unknown


class ResourceLookup:
    """Instances by symbolic name, name, id (whole or from the provider on) and loop."""

    def __init__(self, instances: Iterable[ResourceInstance], loops: Iterable[LoopNames] = ()) -> None:
        self._symbols: dict[str, ResourceInstance] = {}
        self._names: dict[str, list[ResourceInstance]] = defaultdict(list)
        self._loops: dict[str, list[ResourceInstance]] = defaultdict(list)
        self._collections: dict[str, list[ResourceInstance]] = defaultdict(list)
        self._planned: dict[str, dict[str, Any]] = {}
        # Loops of no turns too: to depend on one is to depend on nothing, and is no fault.
        for loop in loops:
            self._loops[loop.name.lower()] = []
            if loop.symbolic_name:
                self._collections[loop.symbolic_name.lower()] = []
        for instance in instances:
            self._add(instance)

    def _add(self, instance: ResourceInstance) -> None:
        if instance.symbolic_name:
            self._symbols[instance.symbolic_name.lower()] = instance
        name = text_of(instance.name).lower()
        relative = resource_path(instance.type, name.split("/"))
        # `dependsOn` may name a resource by each of these; a set, since they may coincide.
        for spelling in {name, instance.id.lower(), (relative or name).lower()}:
            self._names[spelling].append(instance)
        if instance.loop is not None:
            self._loops[instance.loop[0].lower()].append(instance)
            if instance.symbolic_name:
                self._collections[instance.symbolic_name.rpartition("[")[0].lower()].append(instance)

    def all_named(self, name: str) -> list[ResourceInstance] | None:
        """Every instance that a `dependsOn` of this text means: none of a loop of no turns; None for no such name."""
        lowered = name.lower()
        if lowered in self._symbols:
            return [self._symbols[lowered]]
        for table in (self._collections, self._loops, self._names):
            if lowered in table:
                return table[lowered]
        return None

    def instance(self, name: str) -> ResourceInstance | None:
        """The instance that an expression means by a symbolic name, a name or an id."""
        lowered = name.lower()
        if lowered in self._symbols:
            return self._symbols[lowered]
        named = self._names.get(lowered, [])
        # Two declarations of one name with opposite conditions are common: the one that is deployed is meant.
        return next((instance for instance in named if instance.deployed), named[0] if named else None)

    def target(self, name: str) -> Target | None:
        """The resource of a symbolic name, a name or an id; None where the template has none."""
        instance = self.instance(name)
        return None if instance is None else target_of(instance)

    def collection(self, name: str) -> list[Target] | None:
        """The resources of a loop of this symbolic name, those with a false condition left out; None for others."""
        if name.lower() not in self._collections:
            return None
        return [target_of(instance) for instance in self._collections[name.lower()] if instance.condition is not False]

    def planned_result(self, target: Target) -> Any:
        """What the plan of a nested deployment says of it; else None."""
        return self._planned.get(target.id.lower())

    def plan(self, instance: ResourceInstance, content: dict[str, Any]) -> None:
        """Keep what is known of a nested deployment before it is deployed."""
        self._planned[instance.id.lower()] = content

    def facts(self, name: str) -> dict[str, Any] | None:
        """Id, name, type and api version of the resource of a symbolic name; None where there is none."""
        instance = self._symbols.get(name.lower())
        if instance is None:
            return None
        return {
            "id": replace(instance.name, text=instance.id) if isinstance(instance.name, Unknown) else instance.id,
            "name": instance.name,
            "type": instance.type,
            "apiVersion": instance.api_version,
        }


def target_of(instance: ResourceInstance) -> Target:
    """The instance as resolvers are told of it."""
    return Target(instance.id, instance.api_version, instance.symbolic_name)
