"""Request bodies held against Azure's published body types."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from provisioner.emulator.http.response import Refusal
from provisioner.package_data import load_facts

_READ_ONLY = 2
_PRIMITIVES = {"string": str, "int": int, "bool": bool}


def accept(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """The writable part of a body; members that Azure sets or does not know are left out.

    Raises Refusal 400 InvalidRequestContent where a value has another type than Azure publishes.
    """
    known = _types()[kind]
    envelope = {name: value for name, value in body.items() if name not in {"id", "name", "type", "apiVersion"}}
    accepted: dict[str, Any] = _accept(known, envelope, "")
    return accepted


@cache
def _types() -> dict[str, Any]:
    types: dict[str, Any] = load_facts("azure_types.json")["types"]
    return types


def _accept(known: Any, value: Any, path: str) -> Any:
    if value is None or known == "any":
        return value
    if isinstance(known, str):
        return _primitive(known, value, path)
    if "props" in known:
        return _object(known, value, path)
    if "items" in known:
        if not isinstance(value, list):
            raise _mismatch(path, "an array", value)
        if None in value:
            raise _mismatch(f"{path}[{value.index(None)}]", "a value", None)
        return [_accept(known["items"], each, f"{path}[{index}]") for index, each in enumerate(value)]
    if "enum" in known:
        return _choice(known, value, path)
    (primitive,) = known
    return _bounded(known[primitive], _primitive(primitive, value, path), path)


def _object(known: dict[str, Any], value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _mismatch(path, "an object", value)
    spelled = {name.lower(): name for name in known["props"]}
    result = {}
    for name, member in value.items():
        proper = spelled.get(name.lower())
        below = f"{path}.{proper or name}".lstrip(".")
        if proper is not None:
            inner, flags = known["props"][proper]
            if not flags & _READ_ONLY:
                result[proper] = _accept(inner, member, below)
        elif "extra" in known:
            result[name] = _accept(known["extra"], member, below)
    return result


def _choice(known: dict[str, Any], value: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise _mismatch(path, "a string", value)
    for choice in known["enum"]:
        if choice.lower() == value.lower():
            return choice
    if known["open"]:
        return value
    raise _mismatch(path, f"one of {', '.join(known['enum'])}", value)


def _primitive(kind: str, value: Any, path: str) -> Any:
    fits = isinstance(value, _PRIMITIVES[kind]) and (kind != "int" or not isinstance(value, bool))
    if kind == "int" and isinstance(value, float):  # a JSON number is a number; dailyQuotaGb is -1.0
        return value
    if not fits:
        raise _mismatch(path, f"a {kind}", value)
    return value


def _bounded(bounds: dict[str, Any], value: Any, path: str) -> Any:
    if isinstance(value, str):
        too_long = len(value) > bounds.get("maxLength", len(value)) or len(value) < bounds.get("minLength", 0)
        if too_long or ("pattern" in bounds and not re.search(bounds["pattern"], value)):
            raise _mismatch(path, f"a string that fits {bounds}", value)
    return value  # numbers' bounds are told with their own words where Azure has them


def _mismatch(path: str, expected: str, value: Any) -> Refusal:
    shown = repr(value) if len(repr(value)) < 100 else type(value).__name__
    message = (
        f"The request content was invalid and could not be deserialized: 'Path '{path}': {expected} is "
        f"expected, not {shown}.'"
    )
    return Refusal(400, "InvalidRequestContent", message, target=path)
