"""Service principals: found by object id or client id, made for an application, changed, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.entra import applications
from provisioner.emulator.entra.directory_store import (
    add_service_principal,
    find_object,
    is_visible,
    registrations,
    service_principals,
)
from provisioner.emulator.graph.graph_access import require_read, require_write
from provisioner.emulator.graph.graph_errors import bad_request, duplicate, not_found
from provisioner.emulator.graph.odata import context_url, list_objects, selected
from provisioner.emulator.http.response import Response
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

_WRITABLE = {"accountEnabled": bool, "displayName": str, "tags": list, "notes": str}


def list_all(request: Request) -> Response:
    """The service principals of the tenant."""
    require_read(request)
    visible = [one.body for one in _all(request) if is_visible(request.state, one)]
    return list_objects(request, "servicePrincipals", visible)


def get(request: Request, key: str, value: str) -> Response:
    """Show one."""
    require_read(request)
    principal = find_object(_all(request), key, value)
    if principal is None or not is_visible(request.state, principal):
        raise not_found(request, value)
    shown = selected(request, principal.body)
    return Response(200, {"@odata.context": context_url(request, "servicePrincipals/$entity"), **shown})


def create(request: Request) -> Response:
    """Make the service principal of an application by `appId`."""
    body = request.parse_json_object()
    app_id = body.get("appId")
    if not isinstance(app_id, str):
        raise bad_request(request, "The property 'appId' is required to create a service principal.")
    if find_object(_all(request), "appId", app_id) is not None:
        raise duplicate(request, f"The service principal cannot be created: the name {app_id} is in use.")
    return _make(request, app_id, {name: one for name, one in body.items() if name != "appId"})


def upsert(request: Request, key: str, value: str) -> Response:
    """Change one; with `Prefer: create-if-missing` and its client id make a missing one."""
    body = request.parse_json_object()
    principal = find_object(_all(request), key, value)
    if principal is None:
        if key != "appId" or "create-if-missing" not in request.headers.get("Prefer", ""):
            raise not_found(request, value)
        return _make(request, value, body)
    require_write(request, find_object(registrations(request.state), "appId", principal.body["appId"]))
    _change(request, principal, body)
    return Response(204)


def delete(request: Request, key: str, value: str) -> Response:
    """Delete one."""
    principal = find_object(_all(request), key, value)
    if principal is None:
        raise not_found(request, value)
    require_write(request, find_object(registrations(request.state), "appId", principal.body["appId"]))
    request.state.store.delete(principal.id)
    return Response(204)


def _make(request: Request, app_id: str, fields: dict[str, Any]) -> Response:
    registration = find_object(registrations(request.state), "appId", app_id)
    require_write(request, registration)
    if registration is None or not is_visible(request.state, registration):
        message = (
            f"The service principal cannot be created: the appId '{app_id}' of the service principal does not "
            "reference a valid application object."
        )
        raise bad_request(request, message)
    # Its names are those of the registration, whatever the body says: Entra copies them.
    record = add_service_principal(request.state, registration.body["appId"], registration.body["displayName"])
    _change(request, record, fields)
    return Response(201, {"@odata.context": context_url(request, "servicePrincipals/$entity"), **record.body})


def _change(request: Request, record: StoredResource, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name not in _WRITABLE or not isinstance(value, _WRITABLE[name]):
            raise bad_request(request, f"Invalid value specified for property '{name}' of resource 'ServicePrincipal'.")
    record.body = {**record.body, **fields}
    request.state.store.put(record)


def _all(request: Request) -> list[StoredResource]:
    """Those of the directory, and those of applications that are not registered there: the default and the admin's."""
    state = request.state
    admin_applications = [record.body for record in state.store.find_by_type(applications.APPLICATION_TYPE)]
    default = {"client_id": state.identity.client_id, "object_id": state.identity.object_id}
    others = {one["client_id"]: one for one in (*admin_applications, default)}
    return [*service_principals(state), *(_shown(one) for one in others.values())]


def _shown(application: dict[str, Any]) -> StoredResource:
    body = {
        "id": application["object_id"],
        "accountEnabled": True,
        "appId": application["client_id"],
        "displayName": application["client_id"],
        "servicePrincipalType": "Application",
        "tags": [],
    }
    return StoredResource(
        applications.record_id(application["client_id"]), applications.APPLICATION_TYPE, body, {"at": 0}
    )
