"""The api-versions that a resource type answers to."""

from __future__ import annotations

from functools import cache

from provisioner.package_data import load_facts


@cache
def versions(kind: str) -> list[str] | None:
    """Those of a type or, where it has none of its own, of its parents; None: any well-formed version."""
    known = {each.lower(): found for each, found in load_facts("emulator.yaml")["versions"].items()}
    kind = kind.lower()
    while kind not in known and "/" in kind:
        kind = kind.rpartition("/")[0]
    return known.get(kind)
