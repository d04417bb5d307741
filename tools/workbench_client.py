"""`web/src/api.ts`: the messages of the workbench as TypeScript types, and a function for each request."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from provisioner.workbench.api_routes import EVENTS, ROUTES
from provisioner.workbench.messages.message_codec import field_types
from tools.marked_blocks import ROOT

PAGE = ROOT / "web" / "src" / "api.ts"
_HEAD = """\
// Made by `python -m tools.generate` from provisioner/workbench/messages: change it there.
import { call } from "./call";
"""
_SIMPLE: Mapping[Any, str] = {str: "string", int: "number", float: "number", bool: "boolean", Any: "unknown"}


def pages() -> dict[Path, str]:
    """The client as the messages are now."""
    return {PAGE: client_text()}


def client_text() -> str:
    """Types and functions, in the order of the routes, then the types of events."""
    kinds: dict[type, None] = {}
    for route in ROUTES:
        for kind in (route.request, route.response):
            _collect(kind, kinds)
    for kind in EVENTS.values():
        _collect(kind, kinds)
    interfaces = "\n".join(_interface(kind) for kind in kinds)
    functions = "\n".join(_function(route) for route in ROUTES)
    return f"{_HEAD}\n{interfaces}\n{functions}"


def _collect(kind: Any, kinds: dict[type, None]) -> None:
    """The dataclasses that a type is made of, the inner ones first."""
    if is_dataclass(kind) and isinstance(kind, type):
        if kind not in kinds:
            for inner in field_types(kind).values():
                _collect(inner, kinds)
            kinds[kind] = None
        return
    for inner in get_args(kind):
        _collect(inner, kinds)


def _interface(kind: type) -> str:
    hints = field_types(kind)
    lines = [
        f"  {field.name}{'' if field.default is MISSING else '?'}: {_type(hints[field.name])};"
        for field in fields(kind)
    ]
    return "\n".join([*_comment(inspect.getdoc(kind) or ""), f"export interface {kind.__name__} {{", *lines, "}", ""])


def _comment(text: str) -> Iterator[str]:
    yield "/**"
    for line in text.splitlines():
        yield f" * {line}".rstrip()
    yield " */"


def _type(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in arguments)
    if origin in (Union, types.UnionType):
        return " | ".join("null" if option is type(None) else _type(option) for option in arguments)
    if origin is tuple:
        inner = _type(arguments[0])
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if origin is not None and issubclass(origin, Mapping):
        return f"Record<string, {_type(arguments[1])}>"
    return str(kind.__name__)


def _function(route: Any) -> str:
    summary = (inspect.getdoc(route.handler) or "").splitlines()[0]
    has_content = bool(fields(route.request))
    parameter = f"message: {route.request.__name__}, signal?: AbortSignal" if has_content else "signal?: AbortSignal"
    message = "message" if has_content else "{}"
    return (
        f"/** {summary} */\n"
        f"export function {route.name}({parameter}): Promise<{route.response.__name__}> {{\n"
        f'  return call("{route.path}", {message}, signal);\n}}\n'
    )
