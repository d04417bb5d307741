"""Resources in dependency order: what a manifest declares (desired) and what Azure holds (live) are graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from provisioner.resources.resource import Key, Param, Ref, Resource, substitute
from provisioner.resources.resource_types import TYPES_IN_ORDER, TypeName


class Graph:
    """An immutable set of resources by key, iterated in the order in which they can be created."""

    __slots__ = ("_resources",)

    def __init__(self, resources: Iterable[Resource]) -> None:
        # Types depend only on earlier types, so a stable sort by type is a topological order.
        ordered = sorted(resources, key=lambda resource: TYPES_IN_ORDER.index(resource.type.short_name))
        self._resources = {resource.key: resource for resource in ordered}

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources.values())

    def __len__(self) -> int:
        return len(self._resources)

    def __contains__(self, key: Key) -> bool:
        return key in self._resources

    def __getitem__(self, key: Key) -> Resource:
        return self._resources[key]

    def get(self, key: Key) -> Resource | None:
        """The resource with this key, or None."""
        return self._resources.get(key)

    def of_type(self, type_name: TypeName) -> tuple[Resource, ...]:
        """All resources of one type."""
        return tuple(resource for resource in self if resource.type.short_name == type_name)

    def resolved_body(self, resource: Resource, *, exists: bool = False) -> dict[str, Any]:
        """The body as it is sent to Azure: references are ids. Raises LookupError where it holds a Param.

        Where the resource `exists`, what counts at its creation alone is left out.
        A Ref to a service principal stays: its object id is known when the application is made.
        """

        def resolve(value: Ref | Param) -> Any:
            if isinstance(value, Param):
                raise LookupError(f"{resource.name}: {value.name} is not known yet")
            return self._resources[value.key].id if value.attribute == "id" else value

        body: dict[str, Any] = substitute(resource.body, resolve)
        for path in resource.create_only if exists else ():
            parent_path, _, key = path.rpartition(".")
            parent: Any = body
            for step in parent_path.split(".") if parent_path else ():
                parent = parent.get(step) if isinstance(parent, dict) else None
            if isinstance(parent, dict):
                parent.pop(key, None)
        return body
