"""What expressions can look at while a template is evaluated."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from provisioner.template.budget import Budget
from provisioner.template.deployment_scope import DeploymentScope
from provisioner.template.unknown_values import Deferred, unresolved

Place = Literal["parameter", "variable", "resource", "property", "output", "function", "type"]
"""In which part of a template an expression stands; some functions are allowed in some parts only.

`resource` is what must be known before anything is deployed: names, scopes, conditions, counts."""


@dataclass(frozen=True, slots=True)
class Target:
    """The resource that `reference()` or a `list*` function names.

    `symbolic_name` is empty where the resource is no part of the template, or the template has no symbolic names.
    """

    id: str
    api_version: str | None
    symbolic_name: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A resource that an expression speaks of: by its name, which makes it a dependency, or by its id."""

    target: Target
    by_name: bool


class Resolver(Protocol):
    """What only the one who deploys can answer. Every method may give an Unknown, and raise TemplateError."""

    def reference(self, target: Target, *, full: bool) -> Any:
        """The properties of a resource as it is now; with `full` the whole resource."""

    def list_action(self, name: str, target: Target, body: Any) -> Any:
        """The answer of a POST action, such as `listKeys`; `body` is what the call hands on, or None."""

    def resource_group(self, scope: DeploymentScope) -> Any:
        """The resource group of a scope, as `resourceGroup()` gives it."""

    def subscription(self, scope: DeploymentScope) -> Any:
        """The subscription of a scope, as `subscription()` gives it."""

    def management_group(self, scope: DeploymentScope) -> Any:
        """The management group of a scope, as `managementGroup()` gives it."""

    def tenant(self, scope: DeploymentScope) -> Any:
        """The tenant, as `tenant()` gives it."""

    def secret(self, vault: str, name: str, version: str | None) -> Any:
        """The secret of a key vault that a parameter file names, by the vault's id."""


@dataclass(frozen=True, slots=True)
class NothingDeployed:
    """The resolver of one who deploys nothing: ids and names are known, what Azure would add is not.

    `location` is that of the resource group, where it is known.
    """

    location: str | None = None

    def reference(self, target: Target, *, full: bool) -> Any:  # noqa: ARG002 - the protocol's
        """Known once the resource is deployed."""
        return Deferred(target.id, (target.id,))

    def list_action(self, name: str, target: Target, body: Any) -> Any:  # noqa: ARG002 - the protocol's
        """Known once the resource is deployed."""
        return Deferred(target.id, (target.id,))

    def resource_group(self, scope: DeploymentScope) -> Any:
        """All but the location and the tags, which the group's own name does not tell."""
        return {
            "id": scope.id,
            "name": scope.group,
            "type": "Microsoft.Resources/resourceGroups",
            "location": self.location or unresolved("location"),
            "tags": unresolved("tags"),
            "properties": {"provisioningState": "Succeeded"},
        }

    def subscription(self, scope: DeploymentScope) -> Any:
        """The ids; the name of a subscription is no part of its id."""
        return {
            "id": f"/subscriptions/{scope.subscription}",
            "subscriptionId": scope.subscription,
            "tenantId": scope.tenant or unresolved("tenantId"),
            "displayName": unresolved("subscriptionName"),
        }

    def management_group(self, scope: DeploymentScope) -> Any:
        """The id and the name."""
        return {
            "id": scope.id,
            "name": scope.management_group,
            "type": "/providers/Microsoft.Management/managementGroups",
        }

    def tenant(self, scope: DeploymentScope) -> Any:
        """The ids."""
        tenant = scope.tenant or unresolved("tenantId")
        return {"id": f"/tenants/{scope.tenant}" if scope.tenant else tenant, "tenantId": tenant}

    def secret(self, vault: str, name: str, version: str | None) -> Any:  # noqa: ARG002 - the protocol's
        """Not in the source."""
        return unresolved(name)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _new_guid() -> str:
    return str(uuid.uuid4())


@dataclass(slots=True)
class Evaluation:
    """One evaluation of a template and of all that are nested in it.

    `allow_unresolved`: what is missing or cannot be evaluated becomes an UnresolvedValue instead of an error.
    `planning`: nothing is deployed yet, so what a nested deployment will give is taken from its own plan.
    `environment` and `deployer` are what the functions of these names give.
    """

    resolver: Resolver = field(default_factory=NothingDeployed)
    allow_unresolved: bool = False
    planning: bool = True
    budget: Budget = field(default_factory=Budget)
    environment: Mapping[str, Any] | None = None
    deployer: Mapping[str, Any] | None = None
    now: Callable[[], dt.datetime] = _utc_now
    new_guid: Callable[[], str] = _new_guid


class Resources(Protocol):
    """The resources of a template, for functions that name one of them."""

    def target(self, name: str) -> Target | None:
        """The resource of a symbolic name, a name or an id; None where the template has none."""

    def collection(self, name: str) -> list[Target] | None:
        """The resources of a loop of this symbolic name, those with a false condition left out; None for others."""

    def planned_result(self, target: Target) -> Any:
        """What is known of a resource without deploying it: a nested deployment's outputs; else None."""

    def facts(self, name: str) -> dict[str, Any] | None:
        """Id, name, type and api version of the resource of a symbolic name."""


class VariableTable(Protocol):
    """The variables of a template."""

    def value(self, name: str) -> Any:
        """The value of a variable, in any case of letters. Raises TemplateError variable-not-found."""


class NamedFunction(Protocol):
    """A function that a template declares."""

    def call(self, arguments: list[Any], context: Context) -> Any:
        """Its value for these arguments."""


@dataclass(slots=True)
class Context:
    """The surroundings of one expression; `derive` makes those of an inner one."""

    evaluation: Evaluation
    scope: DeploymentScope = field(default_factory=DeploymentScope)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    variables: VariableTable | None = None
    functions: Mapping[str, NamedFunction] = field(default_factory=dict)
    deployment: Mapping[str, Any] = field(default_factory=dict)
    resources: Resources | None = None
    place: Place = "property"
    copies: Mapping[str, int] = field(default_factory=dict)
    resource_copy: str | None = None
    innermost_copy: str | None = None
    lambdas: Mapping[str, Any] = field(default_factory=dict)
    mentioned: list[Mention] | None = None
    """Where it is a list: gets every resource that reference() and list* speak of."""
    calling: tuple[str, ...] = ()

    def derive(self, **changes: Any) -> Context:
        """A copy with some of the fields changed."""
        # dataclasses.replace() checks every field each time; this runs once a turn of every loop.
        other: Context = object.__new__(Context)
        for name in Context.__slots__:
            setattr(other, name, changes[name] if name in changes else getattr(self, name))
        return other
