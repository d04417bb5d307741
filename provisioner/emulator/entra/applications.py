"""Who can sign in: the default application, those that the admin API created, and registered ones of the directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.entra.directory_store import (
    find_object,
    is_visible,
    issuer_keys,
    registrations,
    service_principals,
)

if TYPE_CHECKING:
    from provisioner.emulator.state import EmulatorState

APPLICATION_TYPE = "emulator/application"
"""The type under which applications are stored."""


def record_id(client_id: str) -> str:
    """The id under which an application is stored."""
    return f"/emulator/applications/{client_id}"


def find_application(state: EmulatorState, client_id: str) -> dict[str, Any] | None:
    """`client_id`, `object_id`, `secret`, `certificates`, `federations`; None where there is no such application.

    `object_id` is None where the application has no service principal in the tenant.
    """
    identity = state.identity
    stored = state.store.get(record_id(client_id.lower())) if client_id else None
    if client_id.lower() != identity.client_id:
        return stored.body if stored else _registered_application(state, client_id)
    return {
        **(stored.body if stored else {}),
        "client_id": identity.client_id,
        "object_id": identity.object_id,
        "secret": identity.client_secret,
        "graph_roles": ["Application.ReadWrite.All"],
    }


def _registered_application(state: EmulatorState, client_id: str) -> dict[str, Any] | None:
    """An app registration of the directory: it signs in by federated credentials alone."""
    registration = find_object(registrations(state), "appId", client_id)
    if registration is None:
        return None
    # A registration alone cannot sign in: tokens are issued for the service principal of the tenant.
    principal = find_object(service_principals(state), "appId", client_id)
    federations = [
        {
            "issuer": one["issuer"],
            "subject": one["subject"],
            "audience": one["audiences"][0],
            "jwks": issuer_keys(state, one["issuer"]),
        }
        for one in registration.private["credentials"]
    ]
    return {
        "client_id": registration.body["appId"],
        "object_id": principal.body["id"] if principal else None,
        "enabled": bool(principal and principal.body["accountEnabled"]),
        "federations": federations,
    }


def principal_exists(state: EmulatorState, object_id: str) -> bool:
    """Whether a service principal has that object id, and the directory knows of it everywhere."""
    lower_id = object_id.lower()
    stored = state.store.find_by_type(APPLICATION_TYPE)
    if lower_id == state.identity.object_id or any(record.body["object_id"] == lower_id for record in stored):
        return True
    principal = find_object(service_principals(state), "id", lower_id)
    return principal is not None and is_visible(state, principal)
