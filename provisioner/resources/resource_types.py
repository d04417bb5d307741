"""What is known of one Azure type, as a record read from `schemas/resources/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from provisioner.package_data import load_facts

Body = dict[str, Any]
Short = Literal["group", "workspace", "table", "endpoint", "dcr", "grant"]
SHORTS: tuple[Short, ...] = ("group", "workspace", "table", "endpoint", "dcr", "grant")
"""Every type, in the order in which one can depend on another."""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One Azure type. Paths are dotted, from the body's root; `[]` stands for every list item, `*` for every key."""

    short: Short
    name: str
    api_version: str
    update: Literal["put", "merge", "patch", "never"]
    """How an existing one is written: `put` replaces (so what the manifest does not mention is merged in first),
    `merge` PATCHes the merged body, `patch` what is declared."""
    long_running: bool
    tagged: bool
    """Carries the ownership tag."""
    immutable: tuple[str, ...]
    read_only: tuple[str, ...]
    caseless: tuple[str, ...]
    """Compared without case (ids, regions, enums); regions also without spaces."""
    types: tuple[str, ...]
    """Column types: compared as `model.column_type` says."""
    keyed: Mapping[str, str]
    """Lists whose items are identified by a key (dotted, `a+b` for several), so that order is no difference."""
    unordered: tuple[str, ...]
    """Lists of plain values whose order is no difference."""
    create_only: tuple[str, ...]
    """Counts when the resource is made and is left alone ever after."""
    labels: Mapping[str, str]
    """Names of list items that mean something only inside the body: where they are given → where they are used.
    Another label is no difference, and a write keeps the live one."""
    defaults: Mapping[str, Any]
    """What Azure fills in; a declared value that equals it is no difference from absence."""
    source: str = field(compare=False)
    queries: tuple[str, ...] = ()
    """KQL texts: another layout is no difference."""
    whole: tuple[str, ...] = ()
    """Maps and keyed lists that the manifest owns whole: an item that only live has is a difference."""
    split: Mapping[str, str] = field(default_factory=dict)
    """Lists whose items stand for one item per value of a property."""
    same_as: Mapping[str, str] = field(default_factory=dict)
    """Properties that, left out, equal the single value of a sibling list."""
    foreign: Mapping[str, Any] = field(default_factory=dict)
    """Whose names in live make items of `whole` somebody else's."""
    as_default: Mapping[str, str] = field(default_factory=dict)
    """Property → the flag that says that its value is only the default."""
    withheld: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Live values that a write must not send back while another property has one of some values."""
    risks: tuple[Mapping[str, Any], ...] = ()
    """What a difference means; the first that fits counts."""
    obstacles: tuple[Mapping[str, Any], ...] = ()
    """Values of a live resource that stand in the way of any write."""
    removal: Mapping[str, Any] = field(default_factory=dict)
    replacement: Mapping[str, str] = field(default_factory=dict)
    """What it means to delete one, and to delete and create it; without the latter it cannot be replaced."""


@cache
def resource_type(short: Short) -> ResourceType:
    """The record of a type."""
    known = load_facts(f"resources/{short}.yaml")
    return ResourceType(
        short=short,
        name=known["type"],
        api_version=known["api_version"],
        update=known.get("update", "put"),
        long_running=known.get("long_running", False),
        tagged=known.get("tagged", False),
        immutable=tuple(known.get("immutable", ())),
        read_only=tuple(known.get("read_only", ())),
        caseless=tuple(known.get("caseless", ())),
        types=tuple(known.get("types", ())),
        keyed=dict(known.get("keyed", {})),
        unordered=tuple(known.get("unordered", ())),
        create_only=tuple(known.get("create_only", ())),
        labels=dict(known.get("labels", {})),
        defaults=dict(known.get("defaults", {})),
        source=known["source"],
        queries=tuple(known.get("queries", ())),
        whole=tuple(known.get("whole", ())),
        split=dict(known.get("split", {})),
        same_as=dict(known.get("same_as", {})),
        foreign=dict(known.get("foreign", {})),
        as_default=dict(known.get("as_default", {})),
        withheld=dict(known.get("withheld", {})),
        risks=tuple(known.get("risks", ())),
        obstacles=tuple(known.get("obstacles", ())),
        removal=dict(known.get("removal", {})),
        replacement=dict(known.get("replacement", {})),
    )
