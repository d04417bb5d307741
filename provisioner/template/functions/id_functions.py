"""Functions that make ids of resources, in each scope."""

from __future__ import annotations

from provisioner.template.deployment_scope import DeploymentScope, resource_id
from provisioner.template.evaluation_context import Context
from provisioner.template.functions.registry import CannotEvaluate, group

function = group("resource")


@function("resourceId(parts: string+) -> string", style="context", composes=True)
def resource_id_(*parts: str, context: Context) -> str:
    """`resourceId([subscription], [group], type, name…)`: the first two as far as the scope of deployment has them."""
    before, type_, names = _parts(parts)
    kind = context.scope.kind
    if len(before) > 2:
        raise CannotEvaluate("a subscription and a resource group are all that may stand before the resource type")
    # Both together name a group from any scope; one of them alone replaces a part of the scope of the deployment.
    if len(before) == 2:
        return _id(DeploymentScope(*before).id, type_, names)
    if kind == "group":
        return _id(DeploymentScope(context.scope.subscription, *(before or (context.scope.group,))).id, type_, names)
    if before or kind == "subscription":
        return _id(DeploymentScope(*(before or (context.scope.subscription,))).id, type_, names)
    return _id("", type_, names)


@function("subscriptionResourceId(parts: string+) -> string", style="context", composes=True)
def subscription_resource_id(*parts: str, context: Context) -> str:
    """`subscriptionResourceId([subscription], type, name…)`."""
    before, type_, names = _parts(parts)
    if len(before) > 1 or not (before or context.scope.subscription):
        raise CannotEvaluate("one subscription is needed before the resource type where none is deployed to")
    return _id(f"/subscriptions/{before[0] if before else context.scope.subscription}", type_, names)


@function("managementGroupResourceId(parts: string+) -> string", style="context", composes=True)
def management_group_resource_id(*parts: str, context: Context) -> str:
    """`managementGroupResourceId([management group], type, name…)`."""
    before, type_, names = _parts(parts)
    name = before[0] if before else context.scope.management_group
    if len(before) > 1 or not name:
        raise CannotEvaluate("one management group is needed before the resource type where none is deployed to")
    return _id(DeploymentScope(management_group=name).id, type_, names)


@function("tenantResourceId(parts: string+) -> string", composes=True)
def tenant_resource_id(*parts: str) -> str:
    """`tenantResourceId(type, name…)`."""
    before, type_, names = _parts(parts)
    if before:
        raise CannotEvaluate("the first argument must be a resource type")
    return _id("", type_, names)


@function("extensionResourceId(base: string, type: string, names: string+) -> string", composes=True)
def extension_resource_id(base: str, type_: str, *names: str) -> str:
    """The id of a resource that extends another one, or a scope, whose id is the first argument."""
    return _id(base.rstrip("/"), type_, names)


def _parts(parts: tuple[str, ...]) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """What stands before the resource type, the type, the names behind it."""
    position = next((index for index, part in enumerate(parts) if "/" in part), None)
    if position is None:
        raise CannotEvaluate(
            "a resource type with its namespace is needed, such as 'Microsoft.Storage/storageAccounts'"
        )
    return parts[:position], parts[position], parts[position + 1 :]


def _id(scope: str, type_: str, names: tuple[str, ...]) -> str:
    id_ = resource_id(scope, type_.strip("/"), names)
    if id_ is None:
        needed = type_.strip("/").count("/")
        raise CannotEvaluate(f"the type '{type_}' requires '{needed}' resource name argument(s), not {len(names)}")
    return id_
