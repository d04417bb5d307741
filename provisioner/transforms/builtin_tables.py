"""Azure's own tables that take rows from the Logs Ingestion API, as far as they are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.model import CUSTOM_SUFFIX, Table
from provisioner.package_data import load_facts
from provisioner.suggest import nearest_name


def builtin(name: str) -> Mapping[str, Any] | None:
    """What is known of a table that accepts the API: basic, auxiliary, columns (None: not known), requires."""
    if name.endswith(CUSTOM_SUFFIX):  # most manifests have custom tables alone and need not read the list
        return None
    known: Mapping[str, Any] | None = _facts()["tables"].get(name)
    return known


def is_builtin(name: str) -> bool:
    """Whether a name is one of Azure's, accepting the API or not, as far as they are known."""
    if name.endswith(CUSTOM_SUFFIX):
        return False
    known = _facts()
    return name in known["tables"] or name in known["legacy"] or name in known["not_accepted"]


def is_custom(table: Table) -> bool:
    """Whether a table is meant to be a custom one, though the suffix may be missing."""
    return table.custom or (bool(table.columns) and not is_builtin(table.name) and not near_builtin(table.name))


def is_legacy(name: str) -> bool:
    """Whether only an older page lists the table as accepting the API."""
    return name in _facts()["legacy"]


def near_builtin(name: str) -> str | None:
    """The table of Azure's that a name most likely means; None for custom names and unlike ones."""
    known = _facts()
    if name.endswith(CUSTOM_SUFFIX) or name in known["tables"]:
        return None
    meant: str | None = known["misspelt"].get(name)
    return meant or nearest_name(name, known["tables"], cutoff=0.88)


def _facts() -> Mapping[str, Any]:
    known: Mapping[str, Any] = load_facts("builtin_tables.json")
    return known
