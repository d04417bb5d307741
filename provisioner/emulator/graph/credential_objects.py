"""Federated credentials of an app registration: whose tokens sign in as it."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.azure_facts import federated_credential_limits
from provisioner.emulator.graph.graph_access import require_read, require_write
from provisioner.emulator.graph.graph_errors import bad_request, duplicate, graph_error, not_found
from provisioner.emulator.graph.odata import context_url, list_objects
from provisioner.emulator.http.response import Response

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.store import StoredResource


def list_all(request: Request, registration: StoredResource) -> Response:
    """The credentials of an app registration."""
    require_read(request)
    context = f"applications('{registration.body['id']}')/federatedIdentityCredentials"
    return list_objects(request, context, registration.private["credentials"])


def get(request: Request, registration: StoredResource, key: str, value: str) -> Response:
    """Show one."""
    require_read(request)
    credential_there = _find(registration, key, value)
    if credential_there is None:
        raise not_found(request, value)
    return Response(200, {"@odata.context": _context(request, registration), **credential_there})


def create(request: Request, registration: StoredResource) -> Response:
    """Add one."""
    body = request.parse_json_object()
    require_write(request, registration)
    name = body.get("name")
    if not isinstance(name, str) or _find(registration, "name", name) is not None:
        raise (
            duplicate(request, f"FederatedIdentityCredential with name {name} already exists.")
            if name
            else bad_request(
                request, "A value is required for property 'name' of resource 'FederatedIdentityCredential'."
            )
        )
    return _add(request, registration, body)


def upsert(request: Request, registration: StoredResource, key: str, value: str) -> Response:
    """Change one; with `Prefer: create-if-missing` and its name add a missing one."""
    body = request.parse_json_object()
    require_write(request, registration)
    credential_there = _find(registration, key, value)
    if credential_there is None:
        if key != "name" or "create-if-missing" not in request.headers.get("Prefer", ""):
            raise not_found(request, value)
        return _add(request, registration, {**body, "name": value})
    # Checked as a whole before it is written: a refused change leaves the old one as it was.
    changed = {**credential_there, **body}
    _check(request, registration, changed)
    credential_there.update(changed)
    request.state.store.put(registration)
    return Response(204)


def delete(request: Request, registration: StoredResource, key: str, value: str) -> Response:
    """Remove one."""
    require_write(request, registration)
    credential_there = _find(registration, key, value)
    if credential_there is None:
        raise not_found(request, value)
    registration.private["credentials"].remove(credential_there)
    request.state.store.put(registration)
    return Response(204)


def _add(request: Request, registration: StoredResource, body: dict[str, Any]) -> Response:
    credential = {"description": None, **body, "id": str(uuid.uuid4())}
    _check(request, registration, credential)
    credentials = registration.private["credentials"]
    if len(credentials) >= (most := federated_credential_limits()["most"]):
        message = f"The application already has the maximum of {most} federated identity credentials."
        raise graph_error(request, 400, "Directory_QuotaExceeded", message)
    credentials.append(credential)
    request.state.store.put(registration)
    return Response(201, {"@odata.context": _context(request, registration), **credential})


def _check(request: Request, registration: StoredResource, credential: dict[str, Any]) -> None:
    limits = federated_credential_limits()
    audiences = credential.get("audiences")
    if not isinstance(audiences, list) or len(audiences) != 1:
        raise _invalid(request, "audiences")
    for name, value in {**credential, "audience": audiences[0]}.items():
        allowed_names = {"id", "name", "issuer", "subject", "audience", "audiences", "description"}
        if name not in allowed_names or not isinstance(value, (str, list, type(None))):
            raise _invalid(request, name)
    for name in ("issuer", "subject"):
        value = credential.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= limits[name]["most"]:
            raise _invalid(request, name)
    if not isinstance(audiences[0], str) or not 0 < len(audiences[0]) <= limits["audience"]["most"]:
        raise _invalid(request, "audiences")
    name = str(credential.get("name"))
    if len(name) > limits["name"]["most"] or re.fullmatch(limits["name"]["pattern"], name) is None:
        raise _invalid(request, "name")
    if not credential["issuer"].startswith("https://"):
        raise _invalid(request, "issuer")
    for other in registration.private["credentials"]:
        same_token = (other["issuer"], other["subject"]) == (credential["issuer"], credential["subject"])
        if same_token and other["id"] != credential["id"]:
            message = "FederatedIdentityCredential with this issuer and subject already exists."
            raise duplicate(request, message)


def _invalid(request: Request, name: str) -> Exception:
    message = f"Invalid value specified for property '{name}' of resource 'FederatedIdentityCredential'."
    return bad_request(request, message)


def _find(registration: StoredResource, key: str, value: str) -> dict[str, Any] | None:
    credentials: list[dict[str, Any]] = registration.private["credentials"]
    return next((one for one in credentials if str(one.get(key)).lower() == value.lower()), None)


def _context(request: Request, registration: StoredResource) -> str:
    return context_url(request, f"applications('{registration.body['id']}')/federatedIdentityCredentials/$entity")
