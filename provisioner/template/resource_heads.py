"""What a declaration says of a resource besides its body: type, name, scope, id, condition, what it needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from provisioner.template.deployment_scope import DeploymentScope, resource_id
from provisioner.template.evaluation_context import Context
from provisioner.template.evaluator import resolve
from provisioner.template.json_values import get, text_of
from provisioner.template.template_errors import TemplateError
from provisioner.template.unknown_values import Unknown, unresolved


@dataclass(frozen=True, slots=True)
class Parent:
    """The resource that a child is written inside of."""

    type: str
    name: str | Unknown
    key: str


def type_and_name(declared: dict[str, Any], context: Context, parent: Parent | None) -> tuple[str, str | Unknown]:
    """The whole type, and the whole name with those of the parents before it."""
    type_, name = _evaluated(declared, "type", context), _evaluated(declared, "name", context)
    if context.evaluation.allow_unresolved and not isinstance(name, (str, Unknown)):
        name = "" if name is None else unresolved("name")
    if not isinstance(type_, str) or not isinstance(name, (str, Unknown)):
        missing = "name" if isinstance(type_, str) else "type"
        if get(declared, missing) is None:
            raise TemplateError("resource-property-missing", resource=text_of(name), name=missing)
        raise TemplateError("resource-property-type", resource=text_of(name), name=missing, expected="a string")
    if parent is not None:
        # A child may also be written with its whole type, and then with its own part of the name or all of it.
        is_whole = type_.lower().startswith(parent.type.lower() + "/")
        if not is_whole:
            type_ = f"{parent.type}/{type_}"
        if not (is_whole and text_of(name).count("/") == type_.count("/") - 1):
            name = _joined(parent.name, name)
    return type_, name


def _joined(parent: str | Unknown, name: str | Unknown) -> str | Unknown:
    text = f"{text_of(parent)}/{text_of(name)}"
    for part in (name, parent):
        if isinstance(part, Unknown):
            return replace(part, text=text)
    return text


def _evaluated(declared: dict[str, Any], name: str, context: Context) -> Any:
    key = next((key for key in declared if key.lower() == name.lower()), None)
    if key is None:
        return None
    try:
        return resolve(declared[key], context)
    except TemplateError as error:
        raise error.within(key) from None


def scope_of(declared: dict[str, Any], context: Context, name: str) -> tuple[str, DeploymentScope]:
    """The id that the resource lies under, and the scope of deployment that this is or lies in."""
    own = context.scope
    subscription, group = (_evaluated(declared, key, context) for key in ("subscriptionId", "resourceGroup"))
    # An empty one says nothing: modules write `[coalesce(tryGet(…, 'resourceGroupName'), '')]`.
    if subscription or group:
        own = DeploymentScope(text_of(subscription or own.subscription), text_of(group or ""), tenant=own.tenant)
    scope = _evaluated(declared, "scope", context)
    if scope is None or scope == "":
        return own.id, own
    if not isinstance(scope, (str, Unknown)):
        raise TemplateError("resource-property-type", resource=name, name="scope", expected="a string").within("scope")
    text = text_of(scope)
    other = own.at(text)
    if other is not None:
        return other.id, other
    # From the provider on: a namespace, then pairs of type and name.
    unpaired = not text.startswith("/") and len(text.split("/")) % 2 == 0
    if unpaired and isinstance(scope, str) and not context.evaluation.allow_unresolved:
        raise TemplateError("scope-invalid", scope=text, resource=name).within("scope")
    base = text if text.startswith("/") else f"{own.id}/providers/{text}"
    return base.rstrip("/"), own


def id_of(scope: str, type_: str, name: str | Unknown, context: Context) -> str:
    """The id below a scope. Raises TemplateError segments where type and name do not pair."""
    names = text_of(name).split("/")
    id_ = resource_id(scope, type_, names)
    if id_ is None and isinstance(name, Unknown):
        return f"{scope}/providers/{type_}/{text_of(name)}"
    # Published content leaves a workspace's name empty where the deployer's would stand: `[concat('', '/Lift')]`.
    if context.evaluation.allow_unresolved:
        return id_ or f"{scope}/providers/{type_}/{text_of(name)}"
    if id_ is None or not all(names):
        raise TemplateError("segments", resource=text_of(name), type=type_).within("name")
    return id_


def condition_of(declared: dict[str, Any], context: Context, name: str) -> bool | Unknown:
    """Whether the resource is to be deployed."""
    value = _evaluated(declared, "condition", context)
    if value is None:
        return True
    # Parameters of older templates are strings, and ARM takes their words for truth values.
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, (bool, Unknown)):
        if context.evaluation.allow_unresolved:
            return unresolved("condition")
        raise TemplateError("condition", resource=name).within("condition")
    return value


def version_of(declared: dict[str, Any], context: Context, name: str) -> str | None:
    """The api version; None, with `allow_unresolved` only, where there is none."""
    version = _evaluated(declared, "apiVersion", context)
    if isinstance(version, str):
        return version
    if version is not None and not context.evaluation.allow_unresolved:
        error = TemplateError("resource-property-type", resource=name, name="apiVersion", expected="a string")
        raise error.within("apiVersion")
    if version is None and not context.evaluation.allow_unresolved:
        raise TemplateError("resource-property-missing", resource=name, name="apiVersion")
    return None


def needs_of(declared: dict[str, Any], context: Context, name: str) -> list[Any]:
    """What `dependsOn` says: ids, names, symbolic names, names of loops; an Unknown for what is not known."""
    needs = _evaluated(declared, "dependsOn", context)
    if needs is None:
        return []
    if not isinstance(needs, list) or not all(isinstance(need, (str, Unknown)) for need in needs):
        if context.evaluation.allow_unresolved:
            return []
        error = TemplateError("resource-property-type", resource=name, name="dependsOn", expected="an array of strings")
        raise error.within("dependsOn")
    return needs
