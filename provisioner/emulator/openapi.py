"""The table of routes as an OpenAPI 3.0 document, for fuzzers and generators of clients."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provisioner.emulator import azure_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provisioner.emulator.http.routing import Route

_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "oneOf": [
                {"type": "string"},
                {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}},
            ]
        }
    },
}
_ANY_SEGMENT = {"type": "string", "minLength": 1}
# Fuzzers would hardly ever guess a name that passes these checks.
_PARAMETER_SCHEMAS = {
    "subscription": {"type": "string", "format": "uuid"},
    "group": {"type": "string", "pattern": r"^[A-Za-z0-9_()-]{1,90}$"},
    "workspace": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$"},
    "table": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9]{3,40}_CL$"},
}


def openapi_document(routes: Iterable[Route], base_url: str) -> dict[str, object]:
    """Every route with its parameters, its token and the shape of its errors; `base_url` is the server's address."""
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        path = route.pattern if route.pattern.startswith("/") else f"/{route.pattern}"
        paths.setdefault(path, {})[route.method.lower()] = _operation_object(path, route)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Local Azure Monitor", "version": "1"},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": _ERROR_SCHEMA},
        },
    }


def _operation_object(path: str, route: Route) -> dict[str, object]:
    method, plane = route.method, route.plane
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _PARAMETER_SCHEMAS.get(name, _ANY_SEGMENT)}
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if plane in {"arm", "ingestion"}:
        schema = {"type": "string", "enum": accepted_api_versions(route)}
        parameters.append({"name": "api-version", "in": "query", "required": True, "schema": schema})
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    media_type = "application/x-www-form-urlencoded" if path.endswith("/token") else "application/json"
    operation: dict[str, object] = {
        "parameters": parameters,
        "responses": {
            "200": {"description": "done"},
            # HEAD has no body, its errors neither.
            "default": {"description": "refused", "content": {} if method == "HEAD" else content},
        },
        "security": [] if plane == "open" else [{"token": []}],
    }
    if method in {"PUT", "POST", "PATCH"}:
        operation["requestBody"] = {"content": {media_type: {"schema": {}}}}
    return operation


def accepted_api_versions(route: Route) -> list[str]:
    """The api-versions that a route takes; those of types without a list of their own stand for any well-formed one."""
    if route.plane == "ingestion":
        return azure_facts.ingestion_api_versions()
    return azure_facts.api_versions(route.resource_type) or azure_facts.unlisted_api_versions()
