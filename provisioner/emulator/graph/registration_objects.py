"""App registrations: found by object id, client id or unique name, made, changed, deleted."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.entra.directory_store import (
    REGISTRATION,
    find_object,
    is_visible,
    registrations,
    service_principals,
)
from provisioner.emulator.graph.graph_access import require_read, require_write
from provisioner.emulator.graph.graph_errors import bad_request, not_found
from provisioner.emulator.graph.odata import context_url, list_objects, selected
from provisioner.emulator.http.response import Response
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

_WRITABLE = {
    "displayName": str,
    "signInAudience": str,
    "tags": list,
    "notes": str,
    "identifierUris": list,
    "requiredResourceAccess": list,
    "web": dict,
    "api": dict,
}
_AUDIENCES = ("AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount")


def require_registration(request: Request, key: str, value: str, *, for_read: bool = False) -> StoredResource:
    """The app registration that a path names; raises ApiError 404. Reads do not see it before it has spread."""
    registration = find_object(registrations(request.state), key, value)
    if registration is None or (for_read and not is_visible(request.state, registration)):
        raise not_found(request, value)
    return registration


def list_all(request: Request) -> Response:
    """The app registrations of the tenant."""
    require_read(request)
    visible = [_shown(request, one) for one in registrations(request.state) if is_visible(request.state, one)]
    return list_objects(request, "applications", visible)


def get(request: Request, key: str, value: str) -> Response:
    """Show one; `$expand=federatedIdentityCredentials` shows those too."""
    require_read(request)
    shown = selected(request, _shown(request, require_registration(request, key, value, for_read=True)))
    return Response(200, {"@odata.context": context_url(request, "applications/$entity"), **shown})


def create(request: Request) -> Response:
    """Make one; without a unique name, which only the address of an upsert gives."""
    return _make(request, request.parse_json_object(), None)


def upsert(request: Request, key: str, value: str) -> Response:
    """Change one; with `Prefer: create-if-missing` and a unique name make a missing one."""
    body = request.parse_json_object()
    registration = find_object(registrations(request.state), key, value)
    if registration is None:
        if key != "uniqueName" or "create-if-missing" not in request.headers.get("Prefer", ""):
            raise not_found(request, value)
        return _make(request, body, value)
    require_write(request, registration)
    _check(request, body)
    registration.body = {**registration.body, **body}
    request.state.store.put(registration)
    return Response(204)


def delete(request: Request, key: str, value: str) -> Response:
    """Delete one, and its service principal with it."""
    registration = require_registration(request, key, value)
    require_write(request, registration)
    principal = find_object(service_principals(request.state), "appId", registration.body["appId"])
    # Entra removes the service principal of the home tenant together with its registration.
    for record in (registration, principal):
        if record is not None:
            request.state.store.delete(record.id)
    return Response(204)


def _make(request: Request, fields: dict[str, Any], unique_name: str | None) -> Response:
    # The right first: who may not write learns nothing about the body.
    require_write(request)
    _check(request, fields)
    if not fields.get("displayName"):
        raise bad_request(request, "A value is required for property 'displayName' of resource 'Application'.")
    object_id = str(uuid.uuid4())
    body = {
        "id": object_id,
        "appId": str(uuid.uuid4()),
        "createdDateTime": request.state.clock.iso_now(),
        "deletedDateTime": None,
        "identifierUris": [],
        "keyCredentials": [],
        "passwordCredentials": [],
        "publisherDomain": "local.onmicrosoft.com",
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        "uniqueName": unique_name,
        **fields,
    }
    private = {"owner": request.principal.object_id, "at": request.state.clock.now(), "credentials": []}
    record = StoredResource(f"/{REGISTRATION}/{object_id}", REGISTRATION, body, private)
    request.state.store.put(record)
    return Response(201, {"@odata.context": context_url(request, "applications/$entity"), **body})


def _check(request: Request, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name not in _WRITABLE or not isinstance(value, _WRITABLE[name]):
            raise bad_request(request, f"Invalid value specified for property '{name}' of resource 'Application'.")
    if fields.get("signInAudience", _AUDIENCES[0]) not in _AUDIENCES:
        raise bad_request(request, "Invalid value specified for property 'signInAudience' of resource 'Application'.")
    if not all(isinstance(tag, str) for tag in fields.get("tags") or ()):
        raise bad_request(request, "Invalid value specified for property 'tags' of resource 'Application'.")


def _shown(request: Request, record: StoredResource) -> dict[str, Any]:
    if "federatedIdentityCredentials" not in request.query.get("$expand", ""):
        return record.body
    return {**record.body, "federatedIdentityCredentials": record.private["credentials"]}
