"""Names of destinations that a template leaves to its deployer: a flow's target is certain where both are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from provisioner.template import UnresolvedValue

_Label = Callable[[Any], Any]


def with_destination_labels(body: dict[str, Any]) -> dict[str, Any]:
    """A DCR's body in which each open name of a destination is a label, in the flows that lead there too.

    A flow leads to a destination for certain where both names come from the same expression, whatever its value, and
    where the rule has one destination alone. Other open names stay as they are.
    """
    properties = body.get("properties")
    if not isinstance(properties, dict) or not isinstance(properties.get("destinations"), dict):
        return body
    names = [entry["name"] for entry in _entries(properties["destinations"])]
    labels = {
        _identity(name): f"destination-{number}"
        for number, name in enumerate(names, 1)
        if isinstance(name, UnresolvedValue)
    }
    only = names[0] if len(names) == 1 else None
    if isinstance(only, UnresolvedValue):
        only = labels[_identity(only)]

    def label(name: Any) -> Any:
        return labels.get(_identity(name), only or name) if isinstance(name, UnresolvedValue) else name

    flows = properties.get("dataFlows")
    relabelled = {kind: _renamed(entries, label) for kind, entries in properties["destinations"].items()}
    return {
        **body,
        "properties": {
            **properties,
            "destinations": relabelled,
            **({"dataFlows": [_flow(flow, label) for flow in flows]} if isinstance(flows, list) else {}),
        },
    }


def _renamed(entries: Any, label: _Label) -> Any:
    """The entries of one kind of destination: a list, or an object of those that a rule has once."""
    if isinstance(entries, list):
        return [_renamed(entry, label) for entry in entries]
    return {**entries, "name": label(entries["name"])} if isinstance(entries, dict) and "name" in entries else entries


def _flow(flow: Any, label: _Label) -> Any:
    if not isinstance(flow, dict) or not isinstance(flow.get("destinations"), list):
        return flow
    return {**flow, "destinations": [label(name) for name in flow["destinations"]]}


def _entries(destinations: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for entries in destinations.values():
        for entry in entries if isinstance(entries, list) else [entries]:
            if isinstance(entry, dict) and "name" in entry:
                yield entry


def _identity(name: UnresolvedValue) -> str:
    # A text with `{{name}}` comes from no expression, and is the same where it is written the same.
    return name.expression or name.text
