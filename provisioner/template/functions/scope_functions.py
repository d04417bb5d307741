"""Functions of where is deployed to."""

from __future__ import annotations

from typing import Any

from provisioner.template.evaluation_context import Context
from provisioner.template.functions.registry import group
from provisioner.template.template_errors import TemplateError

function = group("scope")


@function("resourceGroup() -> object", style="context")
def resource_group(*, context: Context) -> Any:
    """The resource group; only where one is deployed to."""
    if context.scope.kind != "group":
        raise TemplateError("function-misplaced", name="resourceGroup")
    return context.evaluation.resolver.resource_group(context.scope)


@function("subscription() -> object", style="context")
def subscription(*, context: Context) -> Any:
    """The subscription; only where a group or a subscription is deployed to."""
    if not context.scope.subscription:
        raise TemplateError("function-misplaced", name="subscription")
    return context.evaluation.resolver.subscription(context.scope)


@function("managementGroup() -> object", style="context")
def management_group(*, context: Context) -> Any:
    """The management group; only where one is deployed to."""
    if context.scope.kind != "managementGroup":
        raise TemplateError("function-misplaced", name="managementGroup")
    return context.evaluation.resolver.management_group(context.scope)


@function("tenant() -> object", style="context")
def tenant(*, context: Context) -> Any:
    """The tenant."""
    return context.evaluation.resolver.tenant(context.scope)
