"""Azure's bodies → keys of the manifest, and remarks on the properties that have no key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from provisioner.model import column_type
from provisioner.resources.resource_types import Body, ResourceType

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PropertyRemark:
    """One property that is not carried over as it is.

    `lost`: the manifest has no key for it. `changed`: the manifest expresses it in another way. `path` is dotted, from
    the body's root; `why` is a clause that follows the path.
    """

    effect: Literal["lost", "changed"]
    path: str
    value: Any
    why: str


@dataclass(frozen=True, slots=True)
class ManifestFragment:
    """The keys and values of one resource's section in a manifest, and remarks on what they leave out or change."""

    fields: dict[str, Any]
    remarks: tuple[PropertyRemark, ...] = ()


def unmapped_properties(body: Body, type_: ResourceType, mapped: Iterable[str]) -> Iterator[PropertyRemark]:
    """A remark for every property that is neither in `mapped` nor a plain key, nor set by the service.

    Paths of `mapped` are written like those of ComparisonFacts: `[]` is every item, `*` every key. A path covers all
    that lies under it.
    """
    covered = tuple(_path_steps(path) for path in (*mapped, *type_.keys.values(), *type_.comparison.read_only))
    for path, value in _unmapped(body, (), covered):
        yield PropertyRemark("lost", dotted_path(path), value, "the manifest has no word for it")


def dotted_path(path: Path) -> str:
    """A path as people read it: `properties.dataFlows[0].captureOverflow`."""
    return "".join(step if step.startswith("[") else f".{step}" for step in path).removeprefix(".")


def flatten_columns(items: Iterable[Mapping[str, Any]], list_path: str, *, stream: bool = False) -> ManifestFragment:
    """A list of Azure's columns as the manifest's mapping; `list_path` is the dotted path of the list.

    With `stream` a guid becomes a string, since a stream has no guid.
    """
    columns: dict[str, Any] = {}
    remarks: list[PropertyRemark] = []
    for index, item in enumerate(items):
        path, name, spelling = f"{list_path}[{index}]", item.get("name"), item.get("type")
        type_ = column_type(spelling) if isinstance(spelling, str) else None
        if not isinstance(name, str) or type_ is None:
            remarks.append(PropertyRemark("lost", path, dict(item), f"no column has the type {spelling!r}"))
            continue
        if name in columns:
            remarks.append(PropertyRemark("lost", path, dict(item), f"the column {name} stands there twice"))
            continue
        if stream and type_.stream is None:
            remarks.append(
                PropertyRemark("changed", path, dict(item), f"a stream has no {type_.name}: {name} is a string")
            )
        type_name = "string" if stream and type_.stream is None else type_.name
        description = item.get("description")
        columns[name] = {"type": type_name, "description": description} if description else type_name
    return ManifestFragment(columns, tuple(remarks))


def _path_steps(path: str) -> Path:
    return tuple(path.replace("[]", ".[]").split("."))


def _unmapped(value: Any, path: Path, covered: tuple[Path, ...]) -> Iterator[tuple[Path, Any]]:
    """The highest properties with nothing covered in them, with their values; empty values are left out."""
    if path and any(_covers(pattern, path) for pattern in covered):
        return
    is_parent = not path or any(_covers(path, pattern) for pattern in covered)
    if is_parent and isinstance(value, dict):
        for key, inner in value.items():
            yield from _unmapped(inner, (*path, key), covered)
    elif is_parent and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unmapped(inner, (*path, f"[{index}]"), covered)
    elif value not in (None, "", {}, []):
        yield path, value


def _covers(shorter: Path, longer: Path) -> bool:
    """Whether `longer` lies at or under `shorter`; either may hold wildcards."""
    return len(shorter) <= len(longer) and all(_same_step(a, b) for a, b in zip(shorter, longer, strict=False))


def _same_step(a: str, b: str) -> bool:
    # Azure accepts and returns property names in any case.
    if "*" in (a, b):
        return True
    if a.startswith("[") and b.startswith("["):
        return "[]" in (a, b) or a == b
    return a.lower() == b.lower()
