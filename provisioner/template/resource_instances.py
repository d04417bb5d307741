"""A template's resources: declarations, with their loops and children, made into instances with ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from provisioner.template.deployment_scope import DeploymentScope
from provisioner.template.evaluation_context import Context
from provisioner.template.json_values import get, text_of
from provisioner.template.resource_heads import (
    Parent,
    condition_of,
    id_of,
    needs_of,
    scope_of,
    type_and_name,
    version_of,
)
from provisioner.template.resource_loops import ResourceLoop, loop_turns, resource_loop
from provisioner.template.resource_options import ResourceOptions, options_of
from provisioner.template.template_errors import Key, TemplateError
from provisioner.template.template_facts import limit
from provisioner.template.template_sections import Template, declarations_in
from provisioner.template.unknown_values import Unknown, unresolved

DEPLOYMENT = "microsoft.resources/deployments"
_ENGINE = frozenset(
    (
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
        "resourcegroup",
        "subscriptionid",
        "@options",
    )
)
"""What a declaration tells the deployment engine, and is no part of the resource's body."""


@dataclass(slots=True, eq=False)
class ResourceInstance:
    """One resource of a deployment, each turn of a loop one.

    `key` names it in `dependencies`: its symbolic name (`rules[0]` in a loop), or its id. `scope` is the id of what it
    lies under: a deployment's scope, or for an extension the resource that it extends. `condition` is True where it is
    to be deployed, False where it is not; an `existing` one is only looked at, or with False not even that. `body` has
    what a PUT sends, evaluated as far as it is known; Unknown values stand where it is not. Values are shared between
    instances: never change them.
    """

    key: str
    symbolic_name: str
    type: str
    name: str | Unknown
    id: str
    api_version: str | None
    scope: str
    deployment_scope: DeploymentScope
    condition: bool | Unknown
    existing: bool
    loop: tuple[str, int] | None
    path: tuple[Key, ...]
    needs: list[Any] = field(repr=False)
    declared: dict[str, Any] = field(repr=False)
    context: Context = field(repr=False)
    parent: str | None = None
    batch: int = 0
    """How many instances of a serial loop are made at once; 0 is all."""
    options: ResourceOptions = field(default_factory=ResourceOptions)

    body: dict[str, Any] = field(default_factory=dict, repr=False)
    dependencies: tuple[str, ...] = ()

    @property
    def deployed(self) -> bool:
        """Whether the deployment makes it, as far as its condition is known."""
        return not self.existing and self.condition is not False

    @property
    def is_deployment(self) -> bool:
        """Whether it is a nested deployment."""
        return self.type.lower() == DEPLOYMENT


@dataclass(frozen=True, slots=True)
class _Declaration:
    """One turn of a declaration as it is written."""

    symbol: str
    path: tuple[Key, ...]
    declared: dict[str, Any]
    context: Context
    loop: ResourceLoop | None
    index: int
    parent: Parent | None


def expand_resources(template: Template, context: Context) -> list[ResourceInstance]:
    """The instances of all declarations in the order in which they are written, without bodies and dependencies.

    Raises TemplateError with the path from the template's root.
    """
    context = context.derive(place="resource")
    instances: list[ResourceInstance] = []
    planned = 0
    for symbol, key, written in declarations_in(template.resources):
        path = ("resources", key)
        try:
            declared = _object(written)
            if get(declared, "type") is None and context.evaluation.allow_unresolved:
                continue
            loop = resource_loop(declared, context)
            # Counted before anything is made: many loops of 800 would otherwise take long to refuse.
            planned += 0 if get(declared, "existing") is True else loop.count if loop else 1
            _check_number(planned)
            for turn, index in loop_turns(loop, context):
                instances += _instances(_Declaration(symbol, path, declared, turn, loop, index, None))
        except TemplateError as error:
            raise error.within(*path) from None
    _check_number(sum(1 for instance in instances if not instance.existing))
    _check_unique(instances, context)
    return instances


def _object(written: Any) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise TemplateError("resource-shape")
    return written


def _check_number(count: int) -> None:
    if count > limit("resources"):
        raise TemplateError("limit", name="resources", most=limit("resources"), count=count)


def _check_unique(instances: list[ResourceInstance], context: Context) -> None:
    """Each resource once, of those that are deployed: variants with conditions that exclude each other share a name.

    Of an import two names of which not all is known may look the same, and stay two.
    """
    ids: set[str] = set()
    keys: set[str] = set()
    for number, instance in enumerate(instances):
        # A name that waits for a resource says only by which expression it will be made.
        is_final = isinstance(instance.name, str) or not context.evaluation.planning
        if is_final and instance.deployed and instance.id.lower() in ids and not context.evaluation.allow_unresolved:
            label = f"{instance.type}/{text_of(instance.name)}"
            raise TemplateError("duplicate-resource", resource=label).within(*instance.path)
        if instance.deployed:
            ids.add(instance.id.lower())
        if instance.key in keys:
            instance.key = f"{instance.key}#{number}"
        keys.add(instance.key)


def _instances(declaration: _Declaration) -> Iterator[ResourceInstance]:
    """An instance, then those of the children that are written inside it."""
    instance = _instance(declaration)
    yield instance
    parent = Parent(instance.type, instance.name, instance.key)
    for symbol, key, child in declarations_in(get(declaration.declared, "resources")):
        try:
            path = (*declaration.path, "resources", key)
            yield from _instances(_Declaration(symbol, path, _object(child), declaration.context, None, 0, parent))
        except TemplateError as error:
            raise error.within("resources", key) from None


def _instance(declaration: _Declaration) -> ResourceInstance:
    try:
        return _evaluated_instance(declaration)
    except TemplateError:
        if not _is_left_out(declaration):
            raise
    return _left_out_instance(declaration)


def _is_left_out(declaration: _Declaration) -> bool:
    """Whether Azure evaluates the condition alone: seen in Azure/bicep#13937, with symbolic names only."""
    declared = declaration.declared
    return bool(declaration.symbol) and condition_of(declared, declaration.context, declaration.symbol) is False


def _left_out_instance(declaration: _Declaration) -> ResourceInstance:
    """One that is not deployed and whose name or scope cannot be evaluated: what is asked of it is not known."""
    declared, context, loop = declaration.declared, declaration.context, declaration.loop
    type_, nameless = str(get(declared, "type", "")), unresolved(f"{declaration.symbol}.name")
    symbolic_name = f"{declaration.symbol}[{declaration.index}]" if loop else declaration.symbol
    return ResourceInstance(
        key=symbolic_name,
        symbolic_name=symbolic_name,
        type=type_,
        name=nameless,
        id=f"{context.scope.id}/providers/{type_}/{nameless.text}",
        api_version=version_of(declared, context, declaration.symbol),
        scope=context.scope.id,
        deployment_scope=context.scope,
        condition=False,
        existing=get(declared, "existing") is True,
        loop=(loop.name, declaration.index) if loop else None,
        path=declaration.path,
        needs=needs_of(declared, context, declaration.symbol),
        declared=declared,
        context=context.derive(place="property"),
        parent=declaration.parent.key if declaration.parent else None,
        batch=loop.batch if loop else 0,
    )


def _evaluated_instance(declaration: _Declaration) -> ResourceInstance:
    declared, context, loop = declaration.declared, declaration.context, declaration.loop
    type_, name = type_and_name(declared, context, declaration.parent)
    label = text_of(name)
    scope, deployment_scope = scope_of(declared, context, label)
    id_ = id_of(scope, type_, name, context)
    symbol = declaration.symbol
    symbolic_name = f"{symbol}[{declaration.index}]" if symbol and loop else symbol
    existing = get(declared, "existing") is True
    return ResourceInstance(
        key=symbolic_name or id_,
        symbolic_name=symbolic_name,
        type=type_,
        name=name,
        id=id_,
        api_version=version_of(declared, context, label),
        scope=scope,
        deployment_scope=deployment_scope,
        condition=condition_of(declared, context, label),
        existing=existing,
        loop=(loop.name, declaration.index) if loop else None,
        path=declaration.path,
        needs=needs_of(declared, context, label),
        declared=declared,
        context=context.derive(place="property"),
        parent=declaration.parent.key if declaration.parent else None,
        batch=loop.batch if loop else 0,
        options=options_of(declared, context, label),
    )


def declared_body(instance: ResourceInstance) -> dict[str, Any]:
    """The body as it is declared, with its expressions."""
    return {key: value for key, value in instance.declared.items() if key.lower() not in _ENGINE}
