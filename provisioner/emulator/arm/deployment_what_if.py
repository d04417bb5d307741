"""What a deployment would change: what exists compared with what a rehearsal of the deployment leaves behind."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import request_bodies
from provisioner.emulator.arm.deployment_records import printable
from provisioner.emulator.arm.property_changes import property_changes
from provisioner.emulator.arm.resource_envelope import BASE_URL_PLACEHOLDER
from provisioner.emulator.faults import Faults
from provisioner.emulator.http.request import own_request
from provisioner.emulator.http.response import ApiError
from provisioner.template import text_of, unknowns_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.http.request import Request
    from provisioner.template import DeploymentPlan, ResourceInstance

_ENVELOPE_KEYS = {"id", "name", "type", "apiVersion", "etag", "systemData"}


def what_if_changes(request: Request, plan: DeploymentPlan, *, complete: bool, ids_only: bool) -> list[dict[str, Any]]:
    """One change for each resource of the template, and Ignore (Delete where complete) for the others of the group.

    The resources of nested deployments are among them, the deployments themselves are not.
    """
    instances = list(plan.walk())
    with _rehearsal(request) as rehearsal:
        changes = [_change_of(rehearsal, instance) for instance in instances]
    if plan.scope.group:
        changes += _changes_of_rest(request, {instance.id.lower() for instance in instances}, complete=complete)
    if ids_only:
        return [
            {"resourceId": change["resourceId"], "changeType": _change_type_without_payload(change["changeType"])}
            for change in changes
        ]
    return changes


@contextmanager
def _rehearsal(request: Request) -> Iterator[Request]:
    """A request in whose name to write; all that it writes is undone at the end."""
    # A fault that strikes once is meant for the deployment, and rate limits for what the caller sends.
    state = request.state.without_memory(Faults(request.state.clock))
    with state.store.rehearsal():
        yield replace(request, state=state)


def _changes_of_rest(request: Request, declared_ids: set[str], *, complete: bool) -> Iterator[dict[str, Any]]:
    for record in request.state.store.find_below(f"{request.scope}/providers/"):
        if record.key not in declared_ids and record.body.get("location"):
            yield {"resourceId": record.id, "changeType": "Delete" if complete else "Ignore", "before": record.body}


def _change_type_without_payload(change_type: str) -> str:
    # Without payloads nothing is compared: what exists is said to be deployed.
    return "Deploy" if change_type in {"Modify", "NoChange"} else change_type


def _change_of(request: Request, instance: ResourceInstance) -> dict[str, Any]:
    if instance.is_deployment:
        # Its resources cannot be named yet; Azure's what-if leaves such a deployment out too, and says so.
        reason = "The nested deployment waits for values that are known only once other resources are deployed."
        return {"resourceId": instance.id, "changeType": "Unsupported", "unsupportedReason": reason}
    after = {
        **printable(instance.body),
        "id": instance.id,
        "name": text_of(instance.name).rpartition("/")[2],
        "type": instance.type,
        "apiVersion": instance.api_version,
    }
    before = _live_body(request, instance)
    rehearsed = _rehearsed_body(request, instance)
    if before is None:
        return {"resourceId": instance.id, "changeType": "Create", "after": after}
    if instance.options.only_if_missing:
        return {"resourceId": instance.id, "changeType": "NoChange", "before": before, "after": before, "delta": []}
    if rehearsed is None:
        # Its PUT is refused, or waits for values: compared with the template, so far as that speaks.
        delta = property_changes(_writable_part(instance.type, before), _declared_part(instance), only_declared=True)
    else:
        old, new = _writable_part(instance.type, before), _writable_part(instance.type, rehearsed)
        delta = property_changes(old, new, only_declared=False)
    change_type = "Modify" if delta else "NoChange"
    return {"resourceId": instance.id, "changeType": change_type, "before": before, "after": after, "delta": delta}


def _rehearsed_body(request: Request, instance: ResourceInstance) -> dict[str, Any] | None:
    """What a GET shows behind the PUT of a resource; None where the PUT is refused or its body is not known yet."""
    if next(unknowns_in(instance.body), None) is not None:
        return None
    content = json.dumps(instance.body).encode()
    response = request.state.application.dispatch(
        own_request(request, "PUT", instance.id, instance.api_version or "", content)
    )
    return None if response.status >= 400 else _live_body(request, instance)


def _live_body(request: Request, instance: ResourceInstance) -> dict[str, Any] | None:
    get_request = own_request(request, "GET", instance.id, instance.api_version or "")
    response = request.state.application.dispatch(get_request)
    if response.status >= 400:
        return None
    if not isinstance(response.body, str):
        return dict(response.body)
    body: dict[str, Any] = json.loads(response.body.replace(BASE_URL_PLACEHOLDER, request.base_url))
    return body


def _writable_part(resource_type: str, body: dict[str, Any]) -> dict[str, Any]:
    try:
        writable = request_bodies.accept_body(resource_type, body)
    # A type that is not published here: compared as it is.
    except KeyError:
        writable = body
    return {key: value for key, value in writable.items() if key not in _ENVELOPE_KEYS}


def _declared_part(instance: ResourceInstance) -> dict[str, Any]:
    try:
        return _writable_part(instance.type, instance.body)
    # A value of a wrong type, or one that is not known yet.
    except ApiError:
        return instance.body
