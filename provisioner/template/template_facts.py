"""What `schemas/template.yaml` says: the limits, the texts of errors, the documented functions."""

from __future__ import annotations

from functools import cache
from typing import Any

from provisioner.package_data import load_facts


@cache
def template_facts() -> dict[str, Any]:
    """The whole file; callers must not change it."""
    content: dict[str, Any] = load_facts("template.yaml")
    return content


# Asked for in every evaluation.
@cache
def limit(name: str) -> int:
    """The largest number that a limit allows, as `limits` names it."""
    most: int = template_facts()["limits"][name]["most"]
    return most


@cache
def documented_functions() -> dict[str, str]:
    """Every documented name to the key of its source; a name of several groups has the first one's."""
    names: dict[str, str] = {}
    for group in template_facts()["functions"].values():
        for name in group["names"]:
            names.setdefault(name, group["source"])
        names.update(group.get("more", {}))
    return names


@cache
def refused_functions() -> dict[str, str]:
    """Names in lower case of functions that only Azure can answer, to the reason and what to do instead."""
    groups = template_facts()["functions"].values()
    return {name.lower(): why for group in groups for name, why in group.get("refused", {}).items()}
