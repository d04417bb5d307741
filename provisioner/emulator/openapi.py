"""The surface as an OpenAPI document, made from the table of routes."""

from __future__ import annotations

import re
from typing import Any

_ERROR = {
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


def document(base: str) -> dict[str, Any]:
    """Every route with its parameters, its token and the shape of its errors."""
    from provisioner.emulator.routes import ROUTES

    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        path = route.pattern if route.pattern.startswith("/") else f"/{route.pattern}"
        paths.setdefault(path, {})[route.method.lower()] = _operation(path, route.method, route.plane)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Local Azure Monitor", "version": "1"},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": _ERROR},
        },
    }


def _operation(path: str, method: str, plane: str) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if plane in {"arm", "ingestion"}:
        parameters.append({"name": "api-version", "in": "query", "required": True, "schema": {"type": "string"}})
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    form = "application/x-www-form-urlencoded" if path.endswith("/token") else "application/json"
    operation: dict[str, Any] = {
        "parameters": parameters,
        "responses": {
            "200": {"description": "done"},
            "default": {"description": "refused", "content": {} if method == "HEAD" else content},
        },
        "security": [] if plane == "open" else [{"token": []}],
    }
    if method in {"PUT", "POST", "PATCH"}:
        operation["requestBody"] = {"content": {form: {"schema": {}}}}
    return operation
