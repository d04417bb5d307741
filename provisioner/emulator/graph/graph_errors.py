"""Errors in Microsoft Graph's envelope, with its codes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from provisioner.emulator.http.response import ApiError

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request


def graph_error(request: Request, status: int, code: str, message: str) -> ApiError:
    """An error with the `innerError` that every error of Graph has."""
    inner = {
        "date": request.state.clock.iso_now()[:19],
        "request-id": str(uuid.uuid4()),
        "client-request-id": request.headers.get("client-request-id") or str(uuid.uuid4()),
    }
    return ApiError(status, code, message, innerError=inner)


def not_found(request: Request, what: str) -> ApiError:
    """404 for an object that does not exist."""
    message = f"Resource '{what}' does not exist or one of its queried reference-property objects are not present."
    return graph_error(request, 404, "Request_ResourceNotFound", message)


def bad_request(request: Request, message: str) -> ApiError:
    """400 for a body or a query that Graph does not take."""
    return graph_error(request, 400, "Request_BadRequest", message)


def duplicate(request: Request, message: str) -> ApiError:
    """409 for a key that another object has."""
    return graph_error(request, 409, "Request_MultipleObjectsWithSameKeyValue", message)
