"""The surface as an OpenAPI document, made from the table of routes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provisioner.emulator.api_versions import versions
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.routes import Route

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


_SHAPES = {
    "subscription": {"type": "string", "format": "uuid"},
    "group": {"type": "string", "pattern": r"^[A-Za-z0-9_()-]{1,90}$"},
    "workspace": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$"},
    "table": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9]{3,40}_CL$"},
}


def document(base: str) -> dict[str, Any]:
    """Every route with its parameters, its token and the shape of its errors."""
    from provisioner.emulator.routes import ROUTES

    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        path = route.pattern if route.pattern.startswith("/") else f"/{route.pattern}"
        paths.setdefault(path, {})[route.method.lower()] = _operation(path, route)
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


def _operation(path: str, route: Route) -> dict[str, Any]:
    method, plane = route.method, route.plane
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _SHAPES.get(name, {"type": "string", "minLength": 1})}
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if plane in {"arm", "ingestion"}:
        shape = {"type": "string", "enum": accepted(route)}
        parameters.append({"name": "api-version", "in": "query", "required": True, "schema": shape})
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


def accepted(route: Route) -> list[str]:
    """The api-versions that a route takes; those of types without a list of their own stand for any well-formed one."""
    if route.plane == "ingestion":
        return list(load_facts("emulator.yaml")["ingestion_versions"])
    return versions(route.kind) or ["2022-04-01", "2024-11-01"]
