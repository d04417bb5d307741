"""Which metrics a resource type has: names, units, aggregations and dimensions, from `schemas/metrics.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from provisioner.package_data import load_facts


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as its type defines it; `read_as` has the aggregations that are given where none is asked for."""

    name: str
    shown: str
    unit: str
    read_as: tuple[str, ...]
    dimensions: tuple[str, ...]


@cache
def metrics_of(resource_type: str) -> dict[str, Metric]:
    """The metrics of a type by their names in lower case, since the service takes any case; none of other types."""
    facts = _types().get(resource_type.lower())
    if facts is None:
        return {}
    counters = {
        f"Average_{name}": {"shown": name, "unit": "Count", "read_as": ["Average"]} for name in _counters(facts)
    }
    declared: dict[str, dict[str, Any]] = {**facts["metrics"], **facts.get("others", {}), **counters}
    return {name.lower(): _metric(name, entry, facts) for name, entry in declared.items()}


@cache
def dimension_names(resource_type: str) -> dict[str, str]:
    """The dimensions of a type's metrics, each with the name that a person is shown."""
    names: dict[str, str] = _types()[resource_type.lower()]["dimensions"]
    return names


@cache
def reading_facts() -> dict[str, Any]:
    """`sampled`, `intervals`, `aggregations` and `retention` of all metrics."""
    facts = load_facts("metrics.yaml")
    return {key: facts[key] for key in ("sampled", "intervals", "aggregations", "retention")}


@cache
def _types() -> dict[str, dict[str, Any]]:
    return {name.lower(): entry for name, entry in load_facts("metrics.yaml")["types"].items()}


def _counters(facts: dict[str, Any]) -> list[str]:
    counters: list[str] = facts.get("counters", [])
    return counters


def _metric(name: str, entry: dict[str, Any], facts: dict[str, Any]) -> Metric:
    # A rule's metrics have all dimensions of their type; those of agents have others, which nothing here sends.
    default = facts["dimensions"] if name in facts["metrics"] else ()
    dimensions = tuple(entry.get("dimensions", default))
    return Metric(name, entry["shown"], entry["unit"], tuple(entry["read_as"]), dimensions)
