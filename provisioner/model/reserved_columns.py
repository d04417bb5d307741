"""The names of columns that Azure keeps for itself, and those that it fills in every row (schemas/names.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from provisioner.fact_evidence import Evidence, read_evidence
from provisioner.package_data import load_facts


@cache
def reserved_columns() -> Mapping[str, tuple[Evidence, ...]]:
    """Each name that a source calls reserved, with what is known of it, newest first."""
    facts = _column_facts()
    entries: dict[str, list[Mapping[str, Any]]] = {}
    # A name may stand in several groups: what was seen of it alone is a group of its own.
    for group in facts["reserved"]:
        for name in group["names"]:
            entries.setdefault(name, []).extend(group["evidence"])
    return {name: read_evidence(listed, facts["reserved_sources"]) for name, listed in entries.items()}


def is_filled_by_azure(column: str) -> bool:
    """Whether the service fills a column of this name in every row, whatever a transform writes there."""
    return column in _column_facts()["present"]


def _column_facts() -> Any:
    return load_facts("names.yaml")["column"]
