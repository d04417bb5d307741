"""Resources in dependency order: desired and live are two of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from provisioner.resources.resource import Key, Param, Ref, Resource, substitute
from provisioner.resources.resource_types import SHORTS, Short


class Graph:
    """An immutable set of resources by key, walked in the order in which they can be made."""

    __slots__ = ("_resources",)

    def __init__(self, resources: Iterable[Resource]) -> None:
        # Types depend only on earlier types, so a stable sort by type is a topological order.
        self._resources = {each.key: each for each in sorted(resources, key=lambda each: SHORTS.index(each.type.short))}

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

    def of(self, short: Short) -> tuple[Resource, ...]:
        """All resources of one type."""
        return tuple(each for each in self if each.type.short == short)

    def body(self, resource: Resource) -> dict[str, Any]:
        """The body as Azure is sent it: references resolved to ids. Raises LookupError where a Param is left."""

        def resolve(value: Ref | Param) -> Any:
            if isinstance(value, Param):
                raise LookupError(f"{resource.name}: {value.name} is not known yet")
            return self._resources[value.key].id

        body: dict[str, Any] = substitute(resource.body, resolve)
        return body
