"""What streams and flows of a rule lack in the source, and how the caller gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from provisioner.adopt.template_resources import TemplateResource
from provisioner.template import Unknown, UnresolvedValue, unknowns_in

_OPEN_PART = re.compile(r"\{\{(.+?)\}\}")
_PARTS_THAT_DECIDE = ("streamDeclarations", "dataFlows", "destinations")


def missing_names(rule: TemplateResource) -> str:
    """Why streams and flows of a rule cannot be read, as a clause that names each value; empty where all are known."""
    properties = rule.body.get("properties") or {}
    parts = {name: properties.get(name) for name in _PARTS_THAT_DECIDE}
    open_values = {value.name: value for value in _open_values(parts)}
    clauses = [_clause(name, value, rule) for name, value in open_values.items()]
    return "; ".join(clauses)


def _clause(name: str, value: Unknown | None, rule: TemplateResource) -> str:
    if name.lower() in rule.parameter_names or _speaks_of(value, name):
        return f"the parameter {name} has no value in the source: give it with --parameter {name}=VALUE"
    return f"{name} has no value in the source"


def _speaks_of(value: Unknown | None, name: str) -> bool:
    return isinstance(value, UnresolvedValue) and f"parameters('{name}')".lower() in value.expression.lower()


def _open_values(parts: dict[str, Any]) -> Iterator[Unknown]:
    """The unknown values that decide where records flow; workspaces are left to every template's deployer."""
    declarations = parts["streamDeclarations"]
    if isinstance(declarations, dict):
        # The name of a stream is a key, and so a text already.
        for name in declarations:
            yield from (UnresolvedValue(match[0], match[1]) for match in _OPEN_PART.finditer(name))
    elif isinstance(declarations, Unknown):
        yield declarations
    flows = parts["dataFlows"]
    if isinstance(flows, Unknown):
        yield flows
    for flow in flows if isinstance(flows, list) else ():
        if isinstance(flow, dict):
            yield from unknowns_in([flow.get("streams"), flow.get("destinations"), flow.get("outputStream")])
        elif isinstance(flow, Unknown):
            yield flow
    if isinstance(parts["destinations"], Unknown):
        yield parts["destinations"]
