"""Making a template's resources one after the other, as the caller, through the same handlers."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from provisioner.emulator.api_versions import versions
from provisioner.emulator.arm.deployment_template import Entry, Template, expand
from provisioner.emulator.arm.resource_envelope import BASE
from provisioner.emulator.arm.template_expressions import Context, Unresolved, invalid, resolve
from provisioner.emulator.http.response import Answer, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.emulator.http.request import Call
    from provisioner.emulator.store import Record

_DEPLOYMENT = "microsoft.resources/deployments"
_FAILED = (
    "At least one resource deployment operation failed. Please list deployment operations for details. "
    "Please see https://aka.ms/arm-deployment-operations for usage details."
)


def context_of(call: Call) -> Callable[[dict[str, Any], dict[str, Any]], Context]:
    """The surroundings of expressions in a deployment of this call's group."""
    group = call.world.store.get(call.scope)
    assert group is not None

    def make(parameters: dict[str, Any], variables: dict[str, Any]) -> Context:
        return Context(
            parameters,
            variables,
            call.names["subscription"],
            group.body,
            call.world.identity.tenant,
            call.names.get("deployment", ""),
            lambda resource, version, full: _reference(call, resource, version, full=full),
        )

    return make


def run(call: Call, record: Record, template: Template) -> tuple[dict[str, Any], list[str]]:
    """Make every resource; the outputs' values and the ids. Raises Refusal DeploymentFailed at the first that fails."""
    made = []
    for entry in template.entries:
        try:
            _make(call, template, entry)
        except Refusal as refusal:
            _note(call, record, entry, refusal)
            raise Refusal(400, "DeploymentFailed", _FAILED, details=[refusal.error]) from refusal
        _note(call, record, entry)
        made.append(entry.id)
    return _outputs(template), made


def _outputs(template: Template) -> dict[str, Any]:
    found = {}
    for name, each in template.outputs.items():
        try:
            if resolve(each.get("condition", True), template.context):
                value = resolve(each.get("value"), template.context)
                found[name] = {"type": each["type"].capitalize(), "value": value}
        except Unresolved as error:
            message = f"The template output '{name}' is not valid: the resource '{error}' does not exist."
            raise Refusal(400, "DeploymentOutputEvaluationFailed", message) from error
    return found


def _make(call: Call, template: Template, entry: Entry) -> None:
    if entry.type.lower() == _DEPLOYMENT:
        _nest(call, template, entry)
        return
    try:
        body = resolve(entry.body, template.context)
    except Unresolved as error:
        raise invalid(f"reference('{error}') speaks of a resource that does not exist") from error
    target = replace(
        call,
        method="PUT",
        path=entry.id,
        query={"api-version": entry.version},
        headers={},
        content=json.dumps(body).encode(),
        names={},
        api_version=entry.version,
    )
    given = call.world.dispatch(target)
    if given.status >= 400:
        raise _refusal(given)
    _wait(call, given)


def _nest(call: Call, template: Template, entry: Entry) -> None:
    """A deployment inside a deployment, perhaps in another group; unless it says inner, it speaks the outer's names."""
    properties = dict(entry.body.get("properties") or {})
    inner = str((properties.get("expressionEvaluationOptions") or {}).get("scope", "outer")).lower() == "inner"
    parameters = resolve(properties.get("parameters") or {}, template.context)
    names = {"subscription": entry.subscription, "group": entry.group, "deployment": entry.id.rpartition("/")[2]}
    nested = replace(call, path=entry.id, names=names)
    if call.world.store.get(nested.scope) is None:
        raise Refusal(404, "ResourceGroupNotFound", f"Resource group '{entry.group}' could not be found.")
    own = context_of(nested)
    context = (
        own
        if inner
        else lambda _parameters, _variables: replace(
            template.context, subscription=entry.subscription, group=own({}, {}).group
        )
    )
    expanded = expand(properties.get("template"), parameters, context)
    for each in expanded.entries:
        _make(nested, expanded, each)


def _wait(call: Call, given: Answer) -> None:
    """Until the operation that an answer started has ended."""
    url = given.headers.get("Azure-AsyncOperation")
    found = call.world.store.get_operation(url.partition("?")[0].rpartition("/")[2]) if url else None
    if found is None:
        return
    _started, ready, body = found
    while (left := ready - time.time()) > 0:
        time.sleep(min(left, 0.2))
    if body["error"]:
        raise Refusal(400, body["error"]["code"], body["error"]["message"])


def _refusal(given: Answer) -> Refusal:
    error = given.body["error"]
    more = {key: value for key, value in error.items() if key not in {"code", "message"}}
    refusal = Refusal(given.status, error.get("code"), error.get("message", ""))
    refusal.error |= more
    return refusal


def _note(call: Call, record: Record, entry: Entry, failure: Refusal | None = None) -> None:
    number = f"{len(record.private['operations']) + 1:016X}"
    record.private["operations"].append(
        {
            "id": f"{record.id}/operations/{number}",
            "operationId": number,
            "properties": {
                "provisioningOperation": "Create",
                "provisioningState": "Failed" if failure else "Succeeded",
                "timestamp": call.world.clock.text(),
                "statusCode": HTTPStatus(failure.status if failure else 200).name.title().replace("_", ""),
                **({"statusMessage": {"error": failure.error}} if failure else {}),
                "targetResource": {
                    "id": entry.id,
                    "resourceType": entry.type,
                    "resourceName": entry.id.rpartition("/")[2],
                },
            },
        }
    )
    call.world.store.put(record)


def _reference(call: Call, resource: str, version: str | None, *, full: bool) -> Any:
    """What `reference()` sees of a resource: its properties, or with 'Full' the whole body."""
    path = resource
    if not resource.startswith("/"):
        found = [each for each in call.world.store.below(f"{call.scope}/") if each.name.lower() == resource.lower()]
        if len(found) != 1:
            raise Unresolved(resource)
        path = found[0].id
    record = call.world.store.get(path)
    if record is None:
        raise Unresolved(resource)
    version = version or _newest(record.type)
    target = replace(call, method="GET", path=path, query={}, headers={}, content=b"", names={}, api_version=version)
    given = call.world.dispatch(target)
    if given.status >= 400:
        raise invalid(f"reference('{resource}') failed: {given.body}")
    body = json.loads(given.body.replace(BASE, call.base)) if isinstance(given.body, str) else given.body
    return body if full else body.get("properties", {})


def _newest(kind: str) -> str:
    return (versions(kind) or ["2022-09-01"])[-1]
