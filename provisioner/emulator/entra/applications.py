"""The tenant's applications: the default one of the state directory, and those created through the admin API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provisioner.emulator.state import EmulatorState

APPLICATION_TYPE = "emulator/application"
"""The type under which applications are stored."""


def record_id(client_id: str) -> str:
    """The id under which an application is stored."""
    return f"/emulator/applications/{client_id}"


def find_application(state: EmulatorState, client_id: str) -> dict[str, Any] | None:
    """`client_id`, `object_id`, `secret`, `certificates`, `federations`; None where there is no such application."""
    identity = state.identity
    stored = state.store.get(record_id(client_id.lower())) if client_id else None
    if client_id.lower() != identity.client_id:
        return stored.body if stored else None
    return {
        **(stored.body if stored else {}),
        "client_id": identity.client_id,
        "object_id": identity.object_id,
        "secret": identity.client_secret,
    }


def principal_exists(state: EmulatorState, object_id: str) -> bool:
    """Whether an application has that object id."""
    lower_id = object_id.lower()
    stored = state.store.find_by_type(APPLICATION_TYPE)
    return lower_id == state.identity.object_id or any(record.body["object_id"] == lower_id for record in stored)
