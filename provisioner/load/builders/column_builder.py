"""Columns as written → Columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.model import Columns


def columns(values: Mapping[str, Any]) -> Columns:
    """Column names with their types and descriptions; a column whose type is wrong has none."""
    descriptions = {name: each["description"] for name, each in values.items() if "description" in each}
    return Columns({name: each.get("type", "") for name, each in values.items()}, descriptions)
