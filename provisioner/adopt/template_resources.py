"""The resources in a file: full templates, nested ones, arrays, and bare bodies without a type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from provisioner.adopt.arm_expression import Hole, Scope, resolve
from provisioner.adopt.json_source import Source

TABLE = "Microsoft.OperationalInsights/workspaces/tables"
WORKSPACE = "Microsoft.OperationalInsights/workspaces"
DCR = "Microsoft.Insights/dataCollectionRules"
ENDPOINT = "Microsoft.Insights/dataCollectionEndpoints"
GRANT = "Microsoft.Authorization/roleAssignments"
_OURS = {each.lower(): each for each in (TABLE, WORKSPACE, DCR, ENDPOINT, GRANT)}

_SHAPES = {
    "dataflows": DCR,
    "streamdeclarations": DCR,
    "schema": TABLE,
    "networkacls": ENDPOINT,
    "logsingestion": ENDPOINT,
    "roledefinitionid": GRANT,
}
"""What a body without a type is, by a property that only this type has."""

_ENVELOPE = frozenset(
    ("name", "type", "location", "kind", "tags", "identity", "sku", "id", "etag", "systemdata", "apiversion", "scope")
)
_DEPLOYER = frozenset(("apiversion", "dependson", "condition", "copy", "comments", "metadata", "resources", "scope"))
"""What tells the deployment engine something and is no part of a body."""


@dataclass(frozen=True, slots=True)
class Found:
    """One resource of a file: its type as Azure spells it, its name, its body and where it was read."""

    type: str
    name: str | Hole
    body: dict[str, Any]
    source: Source

    @property
    def ours(self) -> bool:
        """Whether it is of a type that a manifest can hold."""
        return self.type.lower() in _OURS

    @property
    def word(self) -> str:
        """The name as far as it is known."""
        return self.name.text if isinstance(self.name, Hole) else self.name


def resources(source: Source, scope: Scope) -> Iterator[Found]:
    """Every resource of a file, nested ones included, with its expressions worked out."""
    yield from _walk(source.value, scope, source)


def _walk(value: Any, scope: Scope, source: Source) -> Iterator[Found]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, scope, source)
    elif isinstance(value, dict):
        keys = {key.lower(): key for key in value}
        if "resources" in keys and "type" not in keys:
            yield from _template(value, scope, source)
        elif "type" in keys and "/" in str(value[keys["type"]]):
            yield from _resource(value, scope, source)
        elif isinstance(value.get("value"), list):
            yield from _walk(value["value"], scope, source)
        elif (type_ := _shape(value)) is not None:
            yield from _resource({"type": type_, **value}, scope, source)


def _template(template: Mapping[str, Any], scope: Scope, source: Source) -> Iterator[Found]:
    """A template's resources; parameters given from outside win over its own defaults."""
    given = {key.lower() for key in scope.parameters}
    parameters = {
        name: declared.get("defaultValue", Hole("{{" + name + "}}", name))
        for name, declared in _mapping(template.get("parameters")).items()
        if isinstance(declared, dict) and name.lower() not in given
    }
    inner = replace(
        scope,
        parameters={**parameters, **scope.parameters},
        variables=_mapping(template.get("variables")),
    )
    for item in _items(template.get("resources")):
        yield from _resource(item, inner, source)


def _resource(
    item: dict[str, Any], scope: Scope, source: Source, parent: tuple[str, str] | None = None
) -> Iterator[Found]:
    if "type" not in item or item.get("existing") is True:
        return
    for copied in _copies(item, scope):
        if resolve(item.get("condition", True), copied) is not False:
            yield from _one(item, copied, source, parent)


def _copies(item: Mapping[str, Any], scope: Scope) -> Iterator[Scope]:
    """The scope once, or once for each turn of a copy loop whose count is known."""
    loop = item.get("copy")
    count = resolve(loop.get("count"), scope) if isinstance(loop, dict) else None
    if not isinstance(loop, dict) or not isinstance(count, int):
        yield scope
        return
    for index in range(count):
        yield replace(scope, copies={str(loop.get("name", "")): index, **scope.copies})


def _one(item: dict[str, Any], scope: Scope, source: Source, parent: tuple[str, str] | None) -> Iterator[Found]:
    type_, name = str(item["type"]), resolve(item.get("name", ""), scope)
    if not isinstance(name, (str, Hole)):
        name = Hole(f"{{{{{item.get('name')}}}}}", "name")
    if parent and "/" not in type_.removeprefix(parent[0] + "/"):
        type_ = f"{parent[0]}/{type_.removeprefix(parent[0] + '/')}"
        name = _under(parent[1], name)
    nested = _nested(item, type_, scope)
    if nested is not None:
        yield from _template(nested[0], nested[1], source)
        return
    spelled = _OURS.get(type_.lower(), type_)
    said = (_DEPLOYER | {"type", "name"}) - ({"scope"} if spelled == GRANT else set())
    head = {key: value for key, value in item.items() if key.lower() not in said}
    found = Found(spelled, name, _wrapped(resolve(head, scope)), source)
    yield found
    for child in _items(item.get("resources")):
        yield from _resource(child, scope, source, (type_, found.word))


def _nested(item: dict[str, Any], type_: str, scope: Scope) -> tuple[dict[str, Any], Scope] | None:
    """A template inside a resource: a deployment, or the packed content of a published solution."""
    properties = item.get("properties")
    if not isinstance(properties, dict):
        return None
    if isinstance(properties.get("mainTemplate"), dict):  # is unpacked at installation: `[[…]` outside is `[…]` inside
        return resolve(properties["mainTemplate"], scope), replace(scope, parameters={})
    if type_.lower() != "microsoft.resources/deployments" or not isinstance(properties.get("template"), dict):
        return None
    place = replace(
        scope,
        group=_text(resolve(item.get("resourceGroup", scope.group), scope)),
        subscription=_text(resolve(item.get("subscriptionId", scope.subscription), scope)),
    )
    if str(_mapping(properties.get("expressionEvaluationOptions")).get("scope")).lower() != "inner":
        return resolve(properties["template"], scope), place
    given = {
        key: resolve(value.get("value"), scope) if isinstance(value, dict) else value
        for key, value in _mapping(properties.get("parameters")).items()
    }
    return properties["template"], replace(place, parameters=given)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: Any) -> list[dict[str, Any]]:
    """The resources of a list, or of a mapping by symbolic names."""
    listed = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in listed if isinstance(each, dict)]


def _under(parent: str, name: str | Hole) -> str | Hole:
    if isinstance(name, Hole):
        return Hole(f"{parent}/{name.text}", name.name)
    return f"{parent}/{name}"


def _shape(value: Mapping[str, Any]) -> str | None:
    """The type of a body that does not say it."""
    properties = value.get("properties")
    inside = properties if isinstance(properties, dict) else value
    return next((_SHAPES[key.lower()] for key in inside if key.lower() in _SHAPES), None)


def _wrapped(body: dict[str, Any]) -> dict[str, Any]:
    """The body with its `properties`: command lines print them flat."""
    if "properties" in body or not any(key.lower() in _SHAPES for key in body):
        return body
    outside = {key: value for key, value in body.items() if key.lower() in _ENVELOPE}
    return {**outside, "properties": {key: value for key, value in body.items() if key not in outside}}


def _text(value: Any) -> str:
    return value.text if isinstance(value, Hole) else str(value)
