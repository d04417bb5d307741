"""An ARM template made into resources in the order in which they can be made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.template_expressions import Context, invalid, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_KINDS = {
    "string": str,
    "securestring": str,
    "int": int,
    "bool": bool,
    "object": dict,
    "secureobject": dict,
    "array": list,
}
_ENTRY = {
    "type",
    "apiversion",
    "name",
    "scope",
    "dependson",
    "condition",
    "comments",
    "copy",
    "resources",
    "metadata",
    "existing",
}
RESOURCES_MOST, PARAMETERS_MOST, OUTPUTS_MOST = 800, 256, 64


@dataclass(slots=True)
class Entry:
    """One resource of a template: its id, and its body with expressions still in it."""

    id: str
    type: str
    version: str
    body: dict[str, Any]
    symbol: str
    group: str
    subscription: str
    needs: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Template:
    """A template with its parameters filled: resources in order, and outputs still as expressions."""

    entries: list[Entry]
    outputs: dict[str, Any]
    context: Context
    parameters: dict[str, Any]


def expand(
    document: Any, given: dict[str, Any], context: Callable[[dict[str, Any], dict[str, Any]], Context]
) -> Template:
    """Fill the parameters and put the resources in order; raises Refusal InvalidTemplate with what is wrong.

    `context` makes the surroundings of expressions from parameters and variables.
    """
    if not isinstance(document, dict):
        raise invalid("The template is not an object")
    for word in ("$schema", "contentVersion", "resources"):
        if word not in document:
            raise invalid(f"Required property '{word}' not found in JSON")
    if unknown := sorted(set(document) & {"functions", "definitions", "imports", "extensions"}):
        raise invalid(f"The emulator does not take a template with {', '.join(unknown)}")
    declared = document.get("parameters") or {}
    variables = document.get("variables") or {}
    outputs = document.get("outputs") or {}
    for what, found, most in (
        ("parameters", declared, PARAMETERS_MOST),
        ("variables", variables, 256),
        ("outputs", outputs, OUTPUTS_MOST),
    ):
        if not isinstance(found, dict) or len(found) > most:
            raise invalid(f"The number of template {what} limit exceeded or not an object. Limit: '{most}'")
    early = context({}, variables)
    values = _values(declared, given, early)
    surroundings = context({name: each["value"] for name, each in values.items()}, variables)
    entries = list(_entries(document["resources"], surroundings))
    if len(entries) > RESOURCES_MOST:
        raise invalid(
            f"The number of template resources limit exceeded. Limit: '{RESOURCES_MOST}' and actual: '{len(entries)}'"
        )
    return Template(_ordered(entries), outputs, surroundings, values)


def _values(declared: dict[str, Any], given: dict[str, Any], context: Context) -> dict[str, dict[str, Any]]:
    names = {name.lower() for name in declared}
    if unknown := [name for name in given if name.lower() not in names]:
        raise invalid(
            "The following parameters were supplied, but do not correspond to any parameters defined in the "
            f"template: '{', '.join(unknown)}'"
        )
    sent = {name.lower(): value for name, value in given.items()}
    return {name: _value(name, declaration, sent.get(name.lower()), context) for name, declaration in declared.items()}


def _value(name: str, declaration: Any, sent: Any, context: Context) -> dict[str, Any]:
    kind = str((declaration or {}).get("type", "")).lower() if isinstance(declaration, dict) else ""
    if kind not in _KINDS:
        raise invalid(f"The template parameter '{name}' has no valid type")
    if isinstance(sent, dict) and "value" in sent:
        value = sent["value"]
    elif "defaultValue" in declaration:
        value = resolve(declaration["defaultValue"], context)
    else:
        raise invalid(
            f"The value for the template parameter '{name}' is not provided. Please see "
            "https://aka.ms/arm-create-parameter-file for usage details."
        )
    if not isinstance(value, _KINDS[kind]) or (kind == "int" and isinstance(value, bool)):
        raise invalid(f"Template parameter JToken type is not valid. Expected '{kind}' for parameter '{name}'")
    allowed = declaration.get("allowedValues")
    if allowed is not None and (not isinstance(allowed, list) or value not in allowed):
        raise invalid(
            f"The provided value for the template parameter '{name}' is not valid. The value '{value}' is not "
            f"part of the allowed value(s): '{allowed}'"
        )
    _check_length(name, value, declaration)
    return {"type": declaration["type"], "value": value}


def _check_length(name: str, value: Any, declaration: dict[str, Any]) -> None:
    size = value if isinstance(value, int) else len(value)
    low, high = ("minValue", "maxValue") if isinstance(value, int) else ("minLength", "maxLength")
    least, most = declaration.get(low, size), declaration.get(high, size)
    if not isinstance(least, int) or not isinstance(most, int) or not least <= size <= most:
        raise invalid(f"The provided value for the template parameter '{name}' is not within '{low}' and '{high}'")


def _entries(resources: Any, context: Context) -> Iterator[Entry]:
    if not isinstance(resources, (dict, list)):
        raise invalid("The resources of the template are neither an array nor an object")
    listed = resources.items() if isinstance(resources, dict) else [("", each) for each in resources]
    for symbol, each in listed:
        if not isinstance(each, dict):
            raise invalid("A resource of the template is not an object")
        yield from _entry(symbol, {key.lower(): value for key, value in each.items()}, each, context, parent=("", ""))


def _entry(
    symbol: str, low: dict[str, Any], raw: dict[str, Any], context: Context, *, parent: tuple[str, str]
) -> Iterator[Entry]:
    if "copy" in low or low.get("existing"):
        raise invalid("The emulator takes neither 'copy' nor 'existing' in a template")
    for word in ("type", "apiversion", "name"):
        if not isinstance(low.get(word), str):
            raise invalid(f"A resource of the template has no '{word}'")
    kind = f"{parent[0]}/{low['type']}" if parent[0] else low["type"]
    name = str(resolve(low["name"], context))
    name = f"{parent[1]}/{name}" if parent[1] else name
    if not resolve(low.get("condition", True), context):
        return
    group = str(resolve(low.get("resourcegroup", context.group["name"]), context))
    subscription = str(resolve(low.get("subscriptionid", context.subscription), context))
    resource = _id(kind, name, resolve(low.get("scope"), context), subscription, group)
    body = {key: value for key, value in raw.items() if key.lower() not in _ENTRY | {"resourcegroup", "subscriptionid"}}
    needs = [str(resolve(each, context)) for each in _array(low, "dependson")]
    version = str(resolve(low["apiversion"], context))
    yield Entry(resource, kind, version, body, symbol, group, subscription, needs)
    for child in _array(low, "resources"):
        if not isinstance(child, dict):
            raise invalid("A resource of the template is not an object")
        yield from _entry("", {key.lower(): value for key, value in child.items()}, child, context, parent=(kind, name))


def _array(low: dict[str, Any], name: str) -> list[Any]:
    found = low.get(name) or []
    if not isinstance(found, list):
        raise invalid(f"'{name}' of a template resource is not an array")
    return found


def _id(kind: str, name: str, scope: Any, subscription: str, group: str) -> str:
    namespace, *types = kind.split("/")
    names = name.split("/")
    if len(types) != len(names) or not types:
        raise invalid(
            f"The template resource '{name}' for type '{kind}' has incorrect segment lengths. A nested resource "
            "type must have "
            "identical number of segments as its resource name"
        )
    tail = "/".join(f"{each}/{word}" for each, word in zip(types, names, strict=True))
    root = f"/subscriptions/{subscription}/resourceGroups/{group}"
    if scope:
        root = scope if str(scope).startswith("/") else f"{root}/providers/{scope}"
    return f"{root}/providers/{namespace}/{tail}"


def _ordered(entries: list[Entry]) -> list[Entry]:
    known = {each.id.lower(): each for each in entries}
    if len(known) < len(entries):
        raise invalid("A resource is defined multiple times in the template")
    graph = {each.id.lower(): _needed(each, entries) for each in entries}
    try:
        return [known[key] for key in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        raise invalid(f"Circular dependency detected on resource: '{error.args[1][0]}'") from error


def _needed(entry: Entry, entries: list[Entry]) -> set[str]:
    """The resources that must come before: those of dependsOn, and those that a reference() speaks of."""
    found = set()
    for need in entry.needs:
        match = [
            each.id.lower()
            for each in entries
            if need.lower() in {each.id.lower(), each.symbol.lower() or None, _tail(each)}
        ]
        if not match:
            raise invalid(f"The resource '{need}' is not defined in the template")
        found.update(match)
    text = json.dumps(entry.body).lower()
    if "reference(" in text:
        found.update(
            each.id.lower() for each in entries if each is not entry and each.id.rpartition("/")[2].lower() in text
        )
    return found - {entry.id.lower()}


def _tail(entry: Entry) -> str:
    return f"{entry.type}/{entry.id.rpartition('/')[2]}".lower()
