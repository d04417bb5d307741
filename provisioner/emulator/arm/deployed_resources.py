"""What templates ask of resources, answered from what is deployed here: `reference()`, `list*`, groups, secrets."""

from __future__ import annotations

import json
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.resource_envelope import BASE_URL_PLACEHOLDER, RESOURCE_GROUP
from provisioner.emulator.arm.resource_providers import subscription_body, tenant_body
from provisioner.emulator.azure_facts import api_versions, deployments_api_version
from provisioner.emulator.http.request import own_request
from provisioner.emulator.http.response import ApiError, Response, resource_group_not_found
from provisioner.emulator.state import CacheName
from provisioner.template import Deferred

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.template import DeploymentScope, Target

_SECURE_OUTPUTS: CacheName[str, dict[str, Any]] = CacheName("secure outputs of deployments", limit=1000)
"""Id of a deployment → all its outputs. In memory alone: a secret belongs in no file."""


class Stage(Enum):
    """When a template asks: it decides what is answered of a resource that exists, and of one that does not (yet)."""

    BEFORE = auto()
    """Before a deployment: whatever exists may still change, so every answer is Deferred."""

    COMPARING = auto()
    """A what-if: what exists is taken as it is, the rest is Deferred."""

    NESTED = auto()
    """As a nested deployment starts: what exists is final for its parameters, the rest is Deferred."""

    DEPLOYING = auto()
    """When it is a resource's turn: what does not exist is an error."""


class DeployedResources:
    """The `Resolver` of deployments, asking as the caller of `request`, with the caller's permissions."""

    def __init__(self, request: Request, stage: Stage) -> None:
        self._request, self._stage = request, stage

    def reference(self, target: Target, *, full: bool) -> object:
        """The properties of a resource, or all of it; raises ApiError where it does not exist."""
        body = self._resource(target)
        if isinstance(body, Deferred):
            return body
        return body if full else body.get("properties", {})

    def list_action(self, name: str, target: Target, body: object) -> object:
        """The answer to a POST of that name; raises ApiError where the resource or the action does not exist."""
        if name.lower() == "listoutputswithsecurevalues":
            return self._secure_outputs(target)
        if self._stage is not Stage.DEPLOYING and isinstance(existing := self._resource(target), Deferred):
            return existing
        content = json.dumps(body).encode() if body is not None else b""
        return self._json(self._dispatch("POST", f"{target.id}/{name}", target, content))

    def resource_group(self, scope: DeploymentScope) -> object:
        """The group as it is; before a deployment has created it, what its id says."""
        group = self._request.state.store.get(scope.id)
        if group is not None:
            # Templates hand its tags on, whether there are any or not.
            return {"tags": {}, **group.body}
        if self._stage is Stage.DEPLOYING:
            raise resource_group_not_found(scope.group)
        later = {name: Deferred(f"[resourceGroup().{name}]", (scope.id,)) for name in ("location", "tags")}
        return {"id": scope.id, "name": scope.group, "type": RESOURCE_GROUP, **later}

    def subscription(self, scope: DeploymentScope) -> object:
        """The ids and the name of a subscription."""
        body = subscription_body(self._request.state, scope.subscription)
        return {name: body[name] for name in ("id", "subscriptionId", "tenantId", "displayName")}

    def management_group(self, scope: DeploymentScope) -> object:
        """Refused: no deployment here has a management group for its scope."""
        raise ApiError(400, "InvalidTemplate", f"The emulator does not deploy to '{scope.id or 'a management group'}'.")

    def tenant(self, scope: DeploymentScope) -> object:  # noqa: ARG002 - the protocol's
        """The one tenant."""
        return tenant_body(self._request.state)

    def secret(self, vault: str, name: str, version: str | None) -> object:  # noqa: ARG002 - the protocol's
        """A secret of a vault that a template deployed here; raises ApiError where there is none."""
        secret = self._request.state.store.get(f"{vault}/secrets/{name}")
        if secret is None:
            message = f"The specified KeyVault '{vault}' or its secret '{name}' could not be found."
            raise ApiError(400, "KeyVaultParameterReferenceNotFound", message)
        return secret.body["properties"]["value"]

    def _resource(self, target: Target) -> Any:
        later = Deferred(target.id, (target.id,))
        if self._stage is Stage.BEFORE:
            return later
        response = self._dispatch("GET", target.id, target)
        if response.status == 404 and self._stage is not Stage.DEPLOYING:
            return later
        return self._json(response)

    def _secure_outputs(self, target: Target) -> object:
        # Outputs of an earlier run must not decide about this one.
        if self._stage in {Stage.BEFORE, Stage.COMPARING}:
            return Deferred(target.id, (target.id,))
        outputs = self._request.state.cache(_SECURE_OUTPUTS).get(target.id.lower())
        if outputs is None:
            name = target.id.rpartition("/")[2]
            raise ApiError(404, "DeploymentNotFound", f"Deployment '{name}' could not be found.")
        return outputs

    def _dispatch(self, method: str, path: str, target: Target, content: bytes = b"") -> Response:
        # Without a version of its own reference() takes the template's; the newest shows the same properties.
        version = target.api_version or (api_versions(_type_of(target.id)) or [deployments_api_version()])[-1]
        return self._request.state.application.dispatch(own_request(self._request, method, path, version, content))

    def _json(self, response: Response) -> Any:
        if response.status >= 400:
            raise api_error_of(response)
        if isinstance(response.body, str):
            return json.loads(response.body.replace(BASE_URL_PLACEHOLDER, self._request.base_url))
        return response.body


def keep_secure_outputs(request: Request, deployment_id: str, outputs: dict[str, Any]) -> None:
    """Keep all outputs of a deployment that ended, for the template that it is nested in."""
    request.state.cache(_SECURE_OUTPUTS)[deployment_id.lower()] = outputs


def api_error_of(response: Response) -> ApiError:
    """The error in a response as an exception."""
    error = response.body["error"]
    extra = {key: value for key, value in error.items() if key not in {"code", "message"}}
    api_error = ApiError(response.status, error.get("code"), error.get("message", ""))
    api_error.error |= extra
    return api_error


def _type_of(resource_id: str) -> str:
    """The type of an id: `Microsoft.X/a/b`; of a group's own id the group's type."""
    _scope, provider, tail = resource_id.rpartition("/providers/")
    if not provider:
        return RESOURCE_GROUP
    namespace, *segments = tail.split("/")
    return "/".join([namespace, *segments[::2]])
