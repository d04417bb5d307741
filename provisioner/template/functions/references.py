"""Functions that look at resources as they are; the resolver answers them."""

from __future__ import annotations

from typing import Any

from provisioner.template.evaluation_context import Context, Mention, Place, Target
from provisioner.template.functions.registry import CannotEvaluate, Function, group
from provisioner.template.template_errors import TemplateError

function = group("resource")
_RUNTIME: frozenset[Place] = frozenset(("property", "output"))
"""Where the state of resources may be looked at: names, conditions and variables are settled before any exists."""


@function("reference(resource: string, apiVersion: string?, full: string?) -> object", style="context", places=_RUNTIME)
def reference(resource: str, api_version: str | None = None, full: str = "", *, context: Context) -> Any:
    """The properties of a resource, or with 'Full' all of it: one of the template by its name, any by its id."""
    target = _target(resource, api_version, context)
    whole = _is_full(full)
    # While deploying, the record of the nested deployment itself is asked: its plan may have been incomplete.
    planned = context.resources is not None and context.evaluation.planning
    planned_result = context.resources.planned_result(target) if planned and context.resources is not None else None
    if planned_result is not None:
        return planned_result if whole else planned_result.get("properties")
    return context.evaluation.resolver.reference(target, full=whole)


@function("references(collection: string, full: string?) -> array", style="context", places=_RUNTIME)
def references(collection: str, full: str = "", *, context: Context) -> Any:
    """What `reference` gives of each resource of a copy loop, by the loop's symbolic name."""
    targets = context.resources.collection(collection) if context.resources is not None else None
    if targets is None:
        raise TemplateError("reference-unknown", resource=collection)
    if context.mentioned is not None:
        context.mentioned.extend(Mention(target, by_name=True) for target in targets)
    return [context.evaluation.resolver.reference(target, full=_is_full(full)) for target in targets]


@function("resourceInfo(resource: string) -> object", style="context")
def resource_info(resource: str, *, context: Context) -> Any:
    """Id, name, type and api version of a resource of the template, by its symbolic name."""
    info = context.resources.facts(resource) if context.resources is not None else None
    if info is None:
        raise TemplateError("reference-unknown", resource=resource)
    return info


def _list(name: str, resource: str, api_version: str | None = None, body: Any = None, *, context: Context) -> Any:
    return context.evaluation.resolver.list_action(name, _target(resource, api_version, context), body)


list_action = Function(
    "list(resource: string, apiVersion: string?, body: object?) -> any", "resource", _list, "named", places=_RUNTIME
)
"""Every function whose name begins with `list`: a POST action of a resource."""


def _target(resource: str, api_version: str | None, context: Context) -> Target:
    # A resource of the template is meant first; only what it does not have can be another one.
    named_target = context.resources.target(resource) if context.resources is not None else None
    if named_target is None:
        named_target = Target(_full_id(resource, context), api_version)
    target = Target(named_target.id, api_version or named_target.api_version, named_target.symbolic_name)
    if context.mentioned is not None:
        context.mentioned.append(Mention(target, by_name=not resource.startswith("/")))
    return target


def _full_id(resource: str, context: Context) -> str:
    if resource.startswith("/"):
        return resource
    if "." in resource.partition("/")[0] and "/" in resource:
        return f"{context.scope.id}/providers/{resource}"
    raise TemplateError("reference-unknown", resource=resource)


def _is_full(word: str) -> bool:
    if word.lower() not in ("", "full", "properties"):
        raise CannotEvaluate("the last argument is 'Full' or 'Properties'")
    return word.lower() == "full"
