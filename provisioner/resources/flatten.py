"""What a body says in the author's words, and what of it the manifest has no word for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from provisioner.model import column_type
from provisioner.resources.resource_types import Body, ResourceType

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One property that is not carried over word for word.

    `lost`: the manifest has no word for it. `changed`: it is said in other words. `path` is dotted, from the
    body's root; `why` is a clause that follows the path.
    """

    kind: Literal["lost", "changed"]
    path: str
    value: Any
    why: str


@dataclass(frozen=True, slots=True)
class Flat:
    """The author's words for one resource, and the remarks."""

    words: dict[str, Any]
    remarks: tuple[Remark, ...] = ()


def unread(body: Body, type_: ResourceType, read: Iterable[str]) -> Iterator[Remark]:
    """Every property that is neither in `read` nor set by the service: what a flatten would drop in silence.

    Paths of `read` are written like those of a ResourceType: `[]` is every item, `*` every key, and a path covers
    all that lies under it.
    """
    known = tuple(_steps(path) for path in (*read, *type_.read_only))
    for path, value in _outside(body, (), known):
        yield Remark("lost", dotted(path), value, "the manifest has no word for it")


def dotted(path: Path) -> str:
    """A path as people read it: `properties.dataFlows[0].captureOverflow`."""
    return "".join(step if step.startswith("[") else f".{step}" for step in path).removeprefix(".")


def columns(items: Iterable[Mapping[str, Any]], where: str, *, stream: bool = False) -> Flat:
    """A list of Azure's columns as the author's mapping; `where` is the list's path. A stream has no guid."""
    found: dict[str, Any] = {}
    remarks: list[Remark] = []
    for index, item in enumerate(items):
        path, name, spelling = f"{where}[{index}]", item.get("name"), item.get("type")
        known = column_type(spelling) if isinstance(spelling, str) else None
        if not isinstance(name, str) or known is None:
            remarks.append(Remark("lost", path, dict(item), f"no column has the type {spelling!r}"))
            continue
        if name in found:
            remarks.append(Remark("lost", path, dict(item), f"the column {name} stands there twice"))
            continue
        if stream and known.stream is None:
            remarks.append(Remark("changed", path, dict(item), f"a stream has no {known.name}: {name} is a string"))
        type_ = "string" if stream and known.stream is None else known.name
        description = item.get("description")
        found[name] = {"type": type_, "description": description} if description else type_
    return Flat(found, tuple(remarks))


def _steps(path: str) -> Path:
    return tuple(path.replace("[]", ".[]").split("."))


def _outside(value: Any, path: Path, known: tuple[Path, ...]) -> Iterator[tuple[Path, Any]]:
    """The highest properties under which nothing is known, with their values; empty ones say nothing."""
    if path and any(_covers(pattern, path) for pattern in known):
        return
    inside = not path or any(_covers(path, pattern) for pattern in known)
    if inside and isinstance(value, dict):
        for key, inner in value.items():
            yield from _outside(inner, (*path, key), known)
    elif inside and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _outside(inner, (*path, f"[{index}]"), known)
    elif value not in (None, "", {}, []):
        yield path, value


def _covers(shorter: Path, longer: Path) -> bool:
    """Whether `longer` lies at or under `shorter`; either may hold wildcards."""
    return len(shorter) <= len(longer) and all(_same(a, b) for a, b in zip(shorter, longer, strict=False))


def _same(a: str, b: str) -> bool:
    if "*" in (a, b):
        return True
    if a.startswith("[") and b.startswith("["):
        return "[]" in (a, b) or a == b
    return a.lower() == b.lower()
