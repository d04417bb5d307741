"""The tenant's directory: app registrations and service principals, as Microsoft Graph shows them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.state import EmulatorState

REGISTRATION = "directory/applications"
SERVICE_PRINCIPAL = "directory/servicePrincipals"
_ISSUER = "directory/issuers"


def registrations(state: EmulatorState) -> list[StoredResource]:
    """All app registrations; `private` has `owner`, `at` and `credentials`."""
    return state.store.find_by_type(REGISTRATION)


def service_principals(state: EmulatorState) -> list[StoredResource]:
    """All service principals but those of applications that the admin API made; `private` has `at`."""
    return state.store.find_by_type(SERVICE_PRINCIPAL)


def find_object(records: list[StoredResource], key: str, value: str) -> StoredResource | None:
    """The object whose property `key` is `value`, compared without case."""
    return next((record for record in records if str(record.body.get(key)).lower() == value.lower()), None)


def is_visible(state: EmulatorState, record: StoredResource) -> bool:
    """Whether the directory knows of the object everywhere: at once, unless the fault `directory_delay` is on."""
    created: float = record.private["at"]
    return created + state.faults.seconds_of("directory_delay", 0.0) <= state.clock.now()


def add_service_principal(
    state: EmulatorState, app_id: str, display_name: str, *, kind: str = "Application", seed: str | None = None
) -> StoredResource:
    """Create a service principal; `seed` gives the same object id again, so that an identity keeps its own."""
    object_id = str(uuid.uuid5(uuid.NAMESPACE_URL, seed)) if seed else str(uuid.uuid4())
    body: dict[str, Any] = {
        "id": object_id,
        "accountEnabled": True,
        "appId": app_id,
        "appDisplayName": display_name,
        "appOwnerOrganizationId": state.identity.tenant,
        "displayName": display_name,
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": kind,
        "tags": [],
    }
    record = StoredResource(f"/{SERVICE_PRINCIPAL}/{object_id}", SERVICE_PRINCIPAL, body, {"at": state.clock.now()})
    state.store.put(record)
    return record


def managed_identity(state: EmulatorState, resource_id: str) -> dict[str, str]:
    """`principalId`, `clientId` and `tenantId` of the identity of a resource, made when first asked for."""
    seed = resource_id.lower()
    app_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"client {seed}"))
    principal = find_object(service_principals(state), "appId", app_id)
    if principal is None:
        name = resource_id.rpartition("/")[2]
        principal = add_service_principal(state, app_id, name, kind="ManagedIdentity", seed=seed)
    return {"principalId": principal.body["id"], "clientId": app_id, "tenantId": state.identity.tenant}


def trust_issuer(state: EmulatorState, issuer: str, jwks: dict[str, Any]) -> None:
    """Take these keys for those that an issuer publishes: the emulator asks no other host."""
    state.store.put(StoredResource(f"/{_ISSUER}/{issuer}", _ISSUER, {"jwks": jwks}))


def issuer_keys(state: EmulatorState, issuer: str) -> dict[str, Any]:
    """The keys of an issuer, and this server's own: it signs assertions for any issuer on its admin path."""
    stored = state.store.get(f"/{_ISSUER}/{issuer}")
    own = state.tokens.public_keys()["keys"]
    return {"keys": [*((stored.body["jwks"].get("keys") or []) if stored else []), *own]}
