"""The tables that a workspace has without being asked: names, plans and columns."""

from __future__ import annotations

from functools import cache
from typing import Any

from provisioner.package_data import load_facts


@cache
def builtin() -> dict[str, dict[str, Any]]:
    """The built-in tables that take data through the Logs Ingestion API: `basic`, `auxiliary`, `columns` or None."""
    tables: dict[str, dict[str, Any]] = load_facts("builtin_tables.json")["tables"]
    return tables


@cache
def names() -> dict[str, str]:
    """Proper spelling by lower-case spelling."""
    return {each.lower(): each for each in builtin()}


def columns(name: str) -> dict[str, str] | None:
    """The columns of a built-in table without the standard ones; None where they are not known."""
    known = builtin()[name]["columns"]
    standard = load_facts("emulator.yaml")["standard_columns"]["columns"]
    return None if known is None else {column: kind for column, kind in known.items() if column not in standard}


def standard() -> dict[str, str]:
    """The columns that every row has."""
    found: dict[str, str] = load_facts("emulator.yaml")["standard_columns"]["columns"]
    return found
