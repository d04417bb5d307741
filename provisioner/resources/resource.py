"""Resources, and the placeholders in their bodies: the id of another resource, a parameter of the deployment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from provisioner.resources.resource_types import Body, ResourceType, TypeName

Key = tuple[TypeName, str]
"""What identifies a resource inside a graph: its type and its name in the manifest."""


@dataclass(frozen=True, slots=True)
class Ref:
    """The ARM id of another resource of the graph, or the object id of an application's service principal.

    The latter is not known before the application is made: apply fills it in.
    """

    key: Key
    attribute: Literal["id", "principal_id"] = "id"

    def __str__(self) -> str:
        return f"the {self.attribute.replace('_', ' ')} of {self.key[0]} {self.key[1]}"


@dataclass(frozen=True, slots=True)
class Param:
    """A value that is supplied when a rendered template is deployed: the object id of the deploying identity."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, desired or live.

    `name` is its name in the manifest (a grant's is `<grant>/<dcr>`), `azure_name` the last part of `id`. `id` is the
    full ARM id (of an application its path in Microsoft Graph), known offline (None only where a Param is part of it).
    `scope` is the key of the parent: the workspace of a table, the DCR of a grant, the group of the rest. `after` are
    the keys of resources that it needs without a Ref to them. `existing`: read, never written. `path` leads to its
    declaration in the manifest.
    `create_only` are dotted paths of its body that the author has not chosen: a new resource gets them, an existing one
    is left as it is. `converts`: a live resource of an older kind, which takes no write, is converted first.
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
    create_only: tuple[str, ...] = ()
    converts: bool = False

    @property
    def key(self) -> Key:
        """Type and name."""
        return (self.type.short_name, self.name)

    def dependencies(self) -> tuple[Key, ...]:
        """The keys of the resources that must exist first: its scope, those that its body refers to, and `after`."""
        # A dict, not a set: the order is that of the template's dependsOn, and must not change from run to run.
        keys = dict.fromkeys(([self.scope] if self.scope else []) + [ref.key for ref in iterate_refs(self.body)])
        return tuple(keys | dict.fromkeys(self.after))


def iterate_refs(value: Any) -> Iterator[Ref]:
    """Every Ref in a body."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from iterate_refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from iterate_refs(inner)


def substitute(value: Any, change: Any) -> Any:
    """A copy of a body in which each Ref and Param is replaced by `change(it)`."""
    if isinstance(value, (Ref, Param)):
        return change(value)
    if isinstance(value, dict):
        return {key: substitute(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [substitute(inner, change) for inner in value]
    return value
