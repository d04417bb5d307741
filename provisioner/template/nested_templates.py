"""Nested deployments: what they hand to the template inside them, and in whose names it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from provisioner.template.evaluation_context import Context
from provisioner.template.evaluator import resolve
from provisioner.template.json_values import find_key, get, text_of
from provisioner.template.resource_instances import ResourceInstance, declared_body
from provisioner.template.template_document import Document
from provisioner.template.template_errors import TemplateError


@dataclass(frozen=True, slots=True)
class NestedTemplate:
    """The template inside a deployment, and the values of its parameters in Azure's form."""

    document: Document
    parameters: dict[str, Any]


def evaluate_body(instance: ResourceInstance, context: Context) -> dict[str, Any]:
    """The body of a resource; of a deployment with the inner template as the scope of its expressions has it.

    Raises TemplateError with the path from the template's root.
    """
    try:
        # The inner template may hold expressions that are not for this scope: it is taken out first.
        body = declared_body(instance)
        if not instance.is_deployment:
            return _object(resolve(body, context))
        key = find_key(body, "properties")
        properties = body.pop(key) if key is not None else None
        outside = _object(resolve(body, context))
        if key is None or not isinstance(properties, dict):
            return outside
        try:
            return {**outside, key: _properties(properties, context)}
        except TemplateError as error:
            raise error.within(key) from None
    except TemplateError as error:
        raise error.within(*instance.path) from None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(type(value).__name__)
    return value


def _properties(properties: dict[str, Any], context: Context) -> dict[str, Any]:
    inner = _speaks_inner(properties, context)
    kept: dict[str, Any] = {}
    for key, value in properties.items():
        try:
            kept[key] = value if inner and key.lower() == "template" else resolve(value, context)
        except TemplateError as error:
            raise error.within(key) from None
    return kept


def _speaks_inner(properties: dict[str, Any], context: Context) -> bool:
    """Whether expressions of the inner template are its own; without the option they are the outer template's."""
    options = get(properties, "expressionEvaluationOptions")
    scope = resolve(get(options, "scope"), context) if isinstance(options, dict) else None
    return isinstance(scope, str) and scope.lower() == "inner"


def _no_template(name: str, link: Any) -> TemplateError:
    """What is wrong with a deployment that brings no template: a link that is not followed here, or another shape."""
    if link is None:
        return TemplateError("deployment-shape", resource=name, problem="'properties.template' must be an object")
    uri, relative, spec = (get(link, key) if isinstance(link, dict) else None for key in ("uri", "relativePath", "id"))
    if uri is not None:
        if not isinstance(uri, str) or not _is_public(uri):
            return TemplateError("deployment-link-local", uri=text_of(uri))
        return TemplateError("deployment-link", resource=name, uri=uri)
    if spec is not None:
        return TemplateError("deployment-link-kind", resource=name, kind="a template spec")
    if relative is not None:
        return TemplateError("deployment-link-kind", resource=name, kind="a path beside the outer template")
    problem = "'templateLink' must be an object with 'uri', 'id' or 'relativePath'"
    return TemplateError("deployment-shape", resource=name, problem=problem)


def _is_public(uri: str) -> bool:
    """Whether an address is absolute and not of this machine, so that Azure would try it."""
    try:
        address = urlsplit(uri)
        host = address.hostname
    except ValueError:
        return False
    is_here = host is None or host in ("localhost", "::1") or host.startswith("127.")
    return address.scheme in ("http", "https") and not is_here


def nested_template(instance: ResourceInstance, document: Document, *, allow_unresolved: bool) -> NestedTemplate | None:
    """The template inside a deployment whose body is evaluated; with `allow_unresolved` None if there is none to read.

    Raises TemplateError, with the path from the outer template's root, for a link and for other shapes.
    """
    properties = get(instance.body, "properties")
    template = get(properties, "template") if isinstance(properties, dict) else None
    if not isinstance(properties, dict) or not isinstance(template, dict):
        if allow_unresolved:
            return None
        link = get(properties, "templateLink") if isinstance(properties, dict) else None
        raise _no_template(text_of(instance.name), link).within(*instance.path)
    parameters = get(properties, "parameters") or {}
    if not isinstance(parameters, dict):
        error = TemplateError("deployment-shape", resource=text_of(instance.name), problem="'parameters' is no object")
        raise error.within(*instance.path, "properties", "parameters")
    path = (*instance.path, find_key(instance.body, "properties") or "", find_key(properties, "template") or "")
    return NestedTemplate(document.below(template, *path), parameters)
