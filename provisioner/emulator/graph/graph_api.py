"""Which handler answers a path of Microsoft Graph: collections, objects by id or alternate key, their children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from provisioner.emulator.graph import credential_objects, principal_objects, registration_objects
from provisioner.emulator.graph.graph_errors import bad_request, graph_error
from provisioner.emulator.graph.odata import split_segment

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.http.response import Response
    from provisioner.emulator.store import StoredResource

_KEYS = {
    "applications": ("id", "appId", "uniqueName"),
    "servicePrincipals": ("id", "appId"),
    "federatedIdentityCredentials": ("id", "name"),
}


class _Objects(Protocol):
    """A module of handlers for the objects of one collection."""

    def list_all(self, request: Request) -> Response: ...
    def create(self, request: Request) -> Response: ...
    def get(self, request: Request, key: str, value: str) -> Response: ...
    def upsert(self, request: Request, key: str, value: str) -> Response: ...
    def delete(self, request: Request, key: str, value: str) -> Response: ...


def answer(request: Request) -> Response:
    """Answer any request below `/v1.0`."""
    steps = _steps(request)
    match steps:
        case [("applications", None, _)]:
            return _on_collection(request, registration_objects)
        case [("servicePrincipals", None, _)]:
            return _on_collection(request, principal_objects)
        case [("applications", str() as key, value)]:
            return _on_object(request, registration_objects, key, value)
        case [("servicePrincipals", str() as key, value)]:
            return _on_object(request, principal_objects, key, value)
        case [("applications", str() as key, value), ("federatedIdentityCredentials", child_key, child)]:
            registration = registration_objects.require_registration(
                request, key, value, for_read=request.method == "GET"
            )
            return _on_credentials(request, registration, child_key, child)
    raise _unknown(request)


def _on_collection(request: Request, objects: _Objects) -> Response:
    if request.method == "GET":
        return objects.list_all(request)
    if request.method == "POST":
        return objects.create(request)
    raise _wrong_method(request)


def _on_object(request: Request, objects: _Objects, key: str, value: str) -> Response:
    if request.method == "GET":
        return objects.get(request, key, value)
    if request.method == "PATCH":
        return objects.upsert(request, key, value)
    if request.method == "DELETE":
        return objects.delete(request, key, value)
    raise _wrong_method(request)


def _on_credentials(request: Request, registration: StoredResource, key: str | None, value: str) -> Response:
    match request.method, key:
        case "GET", None:
            return credential_objects.list_all(request, registration)
        case "POST", None:
            return credential_objects.create(request, registration)
        case "GET", str():
            return credential_objects.get(request, registration, key, value)
        case "PATCH", str():
            return credential_objects.upsert(request, registration, key, value)
        case "DELETE", str():
            return credential_objects.delete(request, registration, key, value)
    raise _wrong_method(request)


def _steps(request: Request) -> list[tuple[str, str | None, str]]:
    """The path as (collection, name of the key, value) for each step; a segment after a collection is an `id`."""
    steps: list[tuple[str, str | None, str]] = []
    names = {name.lower(): name for name in _KEYS}
    for segment in request.path.strip("/").split("/")[1:]:
        if steps and steps[-1][1] is None:
            steps[-1] = (steps[-1][0], "id", segment)
            continue
        name, key, value = split_segment(segment)
        collection = names.get(name.lower())
        if collection is None:
            raise _unknown(request)
        right_key = next((one for one in _KEYS[collection] if key is not None and one.lower() == key.lower()), None)
        if key is not None and right_key is None:
            raise bad_request(request, f"The key '{key}' is no alternate key of '{collection}'.")
        steps.append((collection, right_key, value))
    return steps


def _unknown(request: Request) -> Exception:
    segment = request.path.strip("/").partition("/")[2]
    return graph_error(request, 400, "BadRequest", f"Resource not found for the segment '{segment}'.")


def _wrong_method(request: Request) -> Exception:
    message = f"The method {request.method} is not supported for {request.path}."
    return graph_error(request, 405, "Request_BadRequest", message)
