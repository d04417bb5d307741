"""The dialect gate: which operators and functions a transformation may use, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from provisioner.package_data import load_facts

Dialect = Literal["transform", "query"]


@dataclass(frozen=True, slots=True)
class Permission:
    """`allowed`, `disputed` (used in published rules, yet unlisted or reported refused) or `refused`."""

    status: str
    source: str | None = None
    hint: str | None = None


@cache
def function_permission(name: str, dialect: Dialect) -> Permission | None:
    """May a query of this dialect call this function; None where nobody knows the name."""
    entry = _facts()["functions"].get(name)
    return None if entry is None else _permission(entry, dialect)


@cache
def operator_permission(word: str, dialect: Dialect) -> Permission | None:
    """May a query of this dialect use this tabular operator; None where neither dialect has it."""
    entry = _facts()["operators"].get(word)
    return None if entry is None else _permission(entry, dialect)


def unknown_operator(word: str) -> str | None:
    """What to do instead of a Kusto operator that is not offered here; None where Kusto has no such operator."""
    hint = _facts()["unknown_operators"].get(word)
    return None if hint is None else str(hint)


def text_operator(word: str) -> str | None:
    """What to write instead of a text operator that the transform language does not list; None where it does."""
    hint = _facts()["string_operators"].get(word)
    return None if hint is None else str(hint)


def limit(name: str) -> int:
    """A limit of the transform language by name."""
    return int(_facts()["limits"][name])


def source(key: str | None) -> str | None:
    """The address or report behind a source's key."""
    return None if key is None else str(_facts()["sources"].get(key, key))


def _permission(entry: Any, dialect: Dialect) -> Permission:
    if isinstance(entry, str):
        entry = {"transform": entry}
    status = entry.get(dialect, "allowed" if dialect == "query" else "refused")
    cited = entry.get("source", "list" if dialect == "transform" else "kusto")
    return Permission(status, source(cited), entry.get("hint") if dialect == "transform" else None)


@cache
def _facts() -> Any:
    return load_facts("kql.yaml")
