"""Request bodies checked against Azure's published body types."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from provisioner.emulator.http.response import ApiError
from provisioner.package_data import load_facts

_READ_ONLY = 2  # the bit of a property's flags in the published types
_PRIMITIVES = {"string": str, "int": int, "bool": bool}


def accept_body(resource_type: str, body: dict[str, Any]) -> dict[str, Any]:
    """The writable part of a body: without members that Azure sets itself or does not publish.

    Raises ApiError 400 InvalidRequestContent where a value has another type, KeyError for a type not published here.
    """
    body_type = _published_types()[resource_type]
    envelope = {name: value for name, value in body.items() if name not in {"id", "name", "type", "apiVersion"}}
    return _accept_object(body_type, envelope, "")


@cache
def _published_types() -> dict[str, Any]:
    types: dict[str, Any] = load_facts("azure_types.json")["types"]
    return types


def _accept_value(value_type: Any, value: object, path: str) -> object:
    if value is None or value_type == "any":
        return value
    if isinstance(value_type, str):
        return _accept_primitive(value_type, value, path)
    if "props" in value_type:
        return _accept_object(value_type, value, path)
    if "items" in value_type:
        if not isinstance(value, list):
            raise _mismatch(path, "an array", value)
        # A null member of an object means none; a null item of an array means nothing that could be stored.
        if None in value:
            raise _mismatch(f"{path}[{value.index(None)}]", "a value", None)
        return [_accept_value(value_type["items"], item, f"{path}[{index}]") for index, item in enumerate(value)]
    if "enum" in value_type:
        return _accept_enum_value(value_type, value, path)
    (primitive,) = value_type
    return _check_bounds(value_type[primitive], _accept_primitive(primitive, value, path), path)


def _accept_object(object_type: dict[str, Any], value: object, path: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _mismatch(path, "an object", value)
    proper_names = {name.lower(): name for name in object_type["props"]}
    result = {}
    for name, member in value.items():
        # Members are matched without case, as the service's own parser does.
        proper_name = proper_names.get(name.lower())
        member_path = f"{path}.{proper_name or name}".lstrip(".")
        if proper_name is not None:
            member_type, flags = object_type["props"][proper_name]
            if not flags & _READ_ONLY:
                result[proper_name] = _accept_value(member_type, member, member_path)
        # Free members, such as tags, keep their spelling.
        elif "extra" in object_type:
            result[name] = _accept_value(object_type["extra"], member, member_path)
    return result


def _accept_enum_value(enum_type: dict[str, Any], value: object, path: str) -> object:
    if not isinstance(value, str):
        raise _mismatch(path, "a string", value)
    # Choices are compared without case, and stored as published.
    for choice in enum_type["enum"]:
        if choice.lower() == value.lower():
            return choice
    # An open enumeration takes values that the published types do not list yet.
    if enum_type["open"]:
        return value
    raise _mismatch(path, f"one of {', '.join(enum_type['enum'])}", value)


def _accept_primitive(type_name: str, value: object, path: str) -> object:
    fits = isinstance(value, _PRIMITIVES[type_name]) and (type_name != "int" or not isinstance(value, bool))
    if type_name == "int" and isinstance(value, float):  # a JSON number is a number; dailyQuotaGb is -1.0
        return value
    if not fits:
        raise _mismatch(path, f"a {type_name}", value)
    return value


def _check_bounds(bounds: dict[str, Any], value: object, path: str) -> object:
    if isinstance(value, str):
        too_long = len(value) > bounds.get("maxLength", len(value)) or len(value) < bounds.get("minLength", 0)
        if too_long or ("pattern" in bounds and not re.search(bounds["pattern"], value)):
            raise _mismatch(path, f"a string that fits {bounds}", value)
    # Bounds of numbers are left to the checks of each type, which have Azure's own words for them.
    return value


def _mismatch(path: str, expected: str, value: object) -> ApiError:
    shown = repr(value) if len(repr(value)) < 100 else type(value).__name__
    message = (
        f"The request content was invalid and could not be deserialized: 'Path '{path}': {expected} is "
        f"expected, not {shown}.'"
    )
    return ApiError(400, "InvalidRequestContent", message, target=path)
