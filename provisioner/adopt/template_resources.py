"""Finds the resources in a file: in templates, nested templates, arrays, and as bodies without a type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.adopt.destination_labels import with_destination_labels
from provisioner.adopt.json_source import JsonFile
from provisioner.errors import BadRequestFile
from provisioner.template import (
    DeploymentScope,
    Document,
    Evaluation,
    NothingDeployed,
    ResourceInstance,
    Target,
    TemplateError,
    Unknown,
    UnresolvedValue,
    is_expression,
    parameter_values,
    plan_deployment,
    text_of,
    unresolved,
)

TABLE = "Microsoft.OperationalInsights/workspaces/tables"
WORKSPACE = "Microsoft.OperationalInsights/workspaces"
DCR = "Microsoft.Insights/dataCollectionRules"
ENDPOINT = "Microsoft.Insights/dataCollectionEndpoints"
GRANT = "Microsoft.Authorization/roleAssignments"
SENTINEL = "Microsoft.SecurityInsights/onboardingStates"
DIAGNOSTIC_SETTING = "Microsoft.Insights/diagnosticSettings"
METRIC_ALERT, QUERY_ALERT = "Microsoft.Insights/metricAlerts", "Microsoft.Insights/scheduledQueryRules"
_SUPPORTED_TYPES = {
    type_.lower(): type_
    for type_ in (TABLE, WORKSPACE, DCR, ENDPOINT, GRANT, SENTINEL, DIAGNOSTIC_SETTING, METRIC_ALERT, QUERY_ALERT)
}

_TYPE_BY_PROPERTY = {
    "dataflows": DCR,
    "streamdeclarations": DCR,
    "schema": TABLE,
    "networkacls": ENDPOINT,
    "logsingestion": ENDPOINT,
    "roledefinitionid": GRANT,
}
"""The type of a body that names none, by a property that only this type has."""

_ENVELOPE_KEYS = frozenset(
    ("name", "type", "location", "kind", "tags", "identity", "sku", "id", "etag", "systemdata", "apiversion", "scope")
)
OPEN_GROUP = "{{the resource group}}"
"""Stands in ids for a group that nobody names; no parameter can have this name and be taken for it."""
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class ImportScope:
    """Where the resources of files are taken to lie; what is None is not known, and stays open in ids."""

    subscription: str
    resource_group: str | None = None
    location: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values for the templates' parameters, by name."""


@dataclass(frozen=True, slots=True)
class TemplateResource:
    """A resource of a file: type in Azure's spelling, name, body, file, and its state after a deployment."""

    type: str
    name: str | Unknown
    body: dict[str, Any]
    source: JsonFile
    instance: ResourceInstance = field(repr=False)

    @property
    def is_supported(self) -> bool:
        """Whether a manifest can hold this type."""
        return self.type.lower() in _SUPPORTED_TYPES

    @property
    def display_name(self) -> str:
        """The name as far as it could be resolved."""
        return text_of(self.name)

    @property
    def parameter_names(self) -> frozenset[str]:
        """The parameters of the template that it stands in, in lower case."""
        return frozenset(self.instance.context.parameters)

    @property
    def id(self) -> str:
        """The resource's id: as its body states it (bodies read from Azure do), else where a deployment puts it."""
        stated = self.body.get("id")
        return stated if isinstance(stated, str) and stated.startswith("/") else self.instance.id


def resources_in(source: JsonFile, scope: ImportScope) -> Iterator[TemplateResource]:
    """Every resource of a file, nested ones included, with its expressions evaluated.

    Raises BadRequestFile where a template in it cannot be evaluated at all, such as one whose variables form a circle.
    """
    try:
        for instance in _instances(_with_placeholders(source.value), scope, source.text):
            yield _resource(instance, source)
    except TemplateError as error:
        where = f":{error.line}:{error.column}" if error.line is not None else ""
        raise BadRequestFile(
            f"{source.path}{where}: {error.message}", hint="correct the template: Azure would refuse it too"
        ) from error


@dataclass(frozen=True, slots=True)
class _SourceOnly(NothingDeployed):
    """Answers from the source alone: what only Azure knows has no value."""

    group: str | None = None

    def reference(self, target: Target, *, full: bool) -> Any:  # noqa: ARG002 - the protocol's
        return unresolved("reference()")

    def list_action(self, name: str, target: Target, body: Any) -> Any:  # noqa: ARG002 - the protocol's
        return unresolved(f"{name}()")

    def resource_group(self, scope: DeploymentScope) -> Any:
        group = NothingDeployed.resource_group(self, scope)
        if self.group is not None or not scope.group.startswith("{{"):
            return group
        names = {
            "id": UnresolvedValue(scope.id, "resourceGroup"),
            "name": UnresolvedValue(scope.group, "resourceGroup"),
        }
        return {**group, **names}


def _instances(value: Any, scope: ImportScope, text: str | None) -> Iterator[ResourceInstance]:
    if isinstance(value, list):
        for item in value:
            yield from _instances(item, scope, None)
    elif isinstance(value, dict):
        # ARM ignores the case of property names.
        keys = {key.lower(): key for key in value}
        if "resources" in keys and "type" not in keys:
            yield from _of_template(Document(value, text), scope, scope.parameters)
        elif "type" in keys and "/" in text_of(value[keys["type"]]):
            yield from _of_template(Document({"resources": [value]}), scope, scope.parameters)
        elif isinstance(value.get("value"), list):
            yield from _instances(value["value"], scope, None)
        elif (type_ := _type_by_property(value)) is not None:
            yield from _of_template(Document({"resources": [{"type": type_, **value}]}), scope, scope.parameters)


def _of_template(document: Document, scope: ImportScope, parameters: Mapping[str, Any]) -> Iterator[ResourceInstance]:
    deployment_scope = DeploymentScope(scope.subscription, scope.resource_group or OPEN_GROUP)
    resolver = _SourceOnly(scope.location, scope.resource_group)
    plan = plan_deployment(
        document,
        deployment_scope,
        parameters=parameter_values(parameters),
        evaluation=Evaluation(allow_unresolved=True, resolver=resolver),
    )
    for instance in plan.walk():
        properties = instance.body.get("properties")
        # Published solutions carry a template that is unpacked at installation: `[[…]` outside is `[…]` inside.
        if isinstance(properties, dict) and isinstance(properties.get("mainTemplate"), dict):
            yield from _of_template(Document(properties["mainTemplate"]), scope, {})
        else:
            yield instance


def _resource(instance: ResourceInstance, source: JsonFile) -> TemplateResource:
    # The older form names the extended resource's type first: `…/dataCollectionRules/providers/roleAssignments`.
    is_assignment = instance.type.lower().endswith("/providers/roleassignments")
    type_ = GRANT if is_assignment else _SUPPORTED_TYPES.get(instance.type.lower(), instance.type)
    body = _with_properties(instance.body)
    body = with_destination_labels(body) if type_ == DCR else body
    return TemplateResource(type_, instance.name, body, source, instance)


def _with_placeholders(value: Any) -> Any:
    """A value in which a text with `{{name}}` is an UnresolvedValue: published files mark so what they leave open."""
    if isinstance(value, dict):
        return {key: _with_placeholders(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_placeholders(inner) for inner in value]
    if isinstance(value, str) and not is_expression(value) and (placeholder := _PLACEHOLDER.search(value)):
        return UnresolvedValue(value, placeholder[1])
    return value


def _type_by_property(value: Mapping[str, Any]) -> str | None:
    """The type of a body that names none; None where no property shows it."""
    properties = value.get("properties")
    inside = properties if isinstance(properties, dict) else value
    return next((_TYPE_BY_PROPERTY[key.lower()] for key in inside if key.lower() in _TYPE_BY_PROPERTY), None)


def _with_properties(body: dict[str, Any]) -> dict[str, Any]:
    """The body with its properties below `properties`."""
    # `az ... show` prints a resource's properties beside its envelope.
    if "properties" in body or not any(key.lower() in _TYPE_BY_PROPERTY for key in body):
        return body
    outside = {key: value for key, value in body.items() if key.lower() in _ENVELOPE_KEYS}
    return {**outside, "properties": {key: value for key, value in body.items() if key not in outside}}
