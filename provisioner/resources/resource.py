"""A named body of a type, and the values in it that only another resource or a caller knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from provisioner.resources.resource_types import Body, ResourceType, Short

Key = tuple[Short, str]
"""How a resource is called inside a graph: its type and its name in the manifest's words."""


@dataclass(frozen=True, slots=True)
class Ref:
    """The ARM id of another resource of the graph."""

    key: Key
    attribute: Literal["id"] = "id"


@dataclass(frozen=True, slots=True)
class Param:
    """A value that whoever deploys supplies: the object id of the running identity."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, desired or live.

    `name` is the manifest's word (a grant's is `<grant>/<dcr>`), `azure_name` the last part of `id`. `id` is the
    full ARM id, known offline (None only where a Param is part of it). `scope` is the key of the parent: the
    workspace of a table, the DCR of a grant, the group of the rest. `existing`: read, never written. `path` is
    where the manifest declares it.
    """

    type: ResourceType
    name: str
    azure_name: str | None
    id: str | None
    body: Body
    scope: Key | None = None
    after: tuple[Key, ...] = ()
    existing: bool = False
    path: tuple[str | int, ...] = ()

    @property
    def key(self) -> Key:
        """Type and name."""
        return (self.type.short, self.name)

    def needs(self) -> tuple[Key, ...]:
        """What must stand before it: its scope, what its body refers to, and what it needs by name only."""
        found = dict.fromkeys(([self.scope] if self.scope else []) + [ref.key for ref in refs(self.body)])
        return tuple(found | dict.fromkeys(self.after))


def refs(value: Any) -> Iterator[Ref]:
    """Every reference in a body."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from refs(inner)


def substitute(value: Any, change: Any) -> Any:
    """A copy of a body in which each Ref and Param is replaced by `change(it)`."""
    if isinstance(value, (Ref, Param)):
        return change(value)
    if isinstance(value, dict):
        return {key: substitute(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [substitute(inner, change) for inner in value]
    return value
