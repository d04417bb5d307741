"""What a caller may do in the directory: the permissions in its token, and whether it owns an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.emulator.azure_facts import directory_rights
from provisioner.emulator.graph.graph_errors import graph_error

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.store import StoredResource

_OWNED_ONLY = "Application.ReadWrite.OwnedBy"


def require_read(request: Request) -> None:
    """Raise ApiError 403 where the caller may not read applications."""
    _require(request, "read")


def require_write(request: Request, registration: StoredResource | None = None) -> None:
    """Raise ApiError 403 where the caller may not make applications, or not change this one."""
    _require(request, "write")
    # The narrow permission covers what the caller made itself, and nothing else.
    roles = set(request.principal.roles)
    owns = registration is None or registration.private["owner"] == request.principal.object_id
    if not owns and not roles & (set(directory_rights("write")) - {_OWNED_ONLY}):
        raise _denied(request)


def _require(request: Request, right: str) -> None:
    if not set(request.principal.roles) & set(directory_rights(right)):
        raise _denied(request)


def _denied(request: Request) -> Exception:
    message = "Insufficient privileges to complete the operation."
    return graph_error(request, 403, "Authorization_RequestDenied", message)
