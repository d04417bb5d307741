"""Bodies read from files without the values that files do not hold."""

from __future__ import annotations

from typing import Any

from provisioner.adopt.expression import Hole
from provisioner.resources.flatten import dotted

Cut = tuple[tuple[str, str], ...]
"""Paths from the body's root, with the texts that stood there."""

EXPECTED = ("location", "properties.dataCollectionEndpointId", "properties.destinations.logAnalytics")
"""Where every template leaves a value to its deployer: said once for the manifest, not for each resource."""


def fill(body: dict[str, Any]) -> tuple[dict[str, Any], Cut]:
    """A body without its holes, and which were cut out."""
    cut: list[tuple[str, str]] = []
    made = _without(body, (), cut)
    return made, tuple((path, text) for path, text in cut if not path.startswith(EXPECTED))


def _without(value: Any, path: tuple[str, ...], cut: list[tuple[str, str]]) -> Any:
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if not _hole(inner, (*path, key), cut)}
        return {key: _without(inner, (*path, key), cut) for key, inner in kept.items()}
    if isinstance(value, list):
        steps = [(inner, (*path, f"[{index}]")) for index, inner in enumerate(value)]
        return [_without(inner, where, cut) for inner, where in steps if not _hole(inner, where, cut)]
    return value


def _hole(value: Any, path: tuple[str, ...], cut: list[tuple[str, str]]) -> bool:
    if isinstance(value, Hole):
        cut.append((dotted(path), value.text))
    return isinstance(value, Hole)
