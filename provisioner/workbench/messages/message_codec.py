"""Messages as JSON and back, by the types of their fields."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_SAFE_INTEGER = 2**53 - 1
"""A browser reads a larger whole number as the nearest one that it has: it gets such a number as text, to show it.

Source: ECMAScript, Number.MAX_SAFE_INTEGER
"""


class InvalidMessage(ValueError):
    """JSON that is not the message that it should be; the message says which field is wrong."""


def to_json(message: Any) -> Any:
    """A message as JSON values."""
    if is_dataclass(message) and not isinstance(message, type):
        return {field.name: to_json(getattr(message, field.name)) for field in fields(message)}
    if isinstance(message, Mapping):
        return {str(name): to_json(value) for name, value in message.items()}
    if isinstance(message, (list, tuple)):
        return [to_json(value) for value in message]
    if isinstance(message, int) and abs(message) > _SAFE_INTEGER:
        return str(message)
    return message


def from_json(kind: type[T], value: Any) -> T:
    """JSON values as a message. Unknown fields are refused, missing ones take their default. Raises InvalidMessage."""
    message: T = _read(kind, value, kind.__name__)
    return message


@cache
def field_types(kind: type) -> Mapping[str, Any]:
    """The types of a message's fields, in order."""
    return get_type_hints(kind)


def _read(kind: Any, value: Any, where: str) -> Any:
    # Hand-written and small: a validation library would be the largest dependency of the server.
    origin = get_origin(kind)
    if kind is Any:
        return value
    if is_dataclass(kind) and isinstance(kind, type):
        return _read_message(kind, value, where)
    if origin is Literal:
        if value not in get_args(kind):
            raise InvalidMessage(f"{where} is one of {', '.join(map(str, get_args(kind)))}")
        return value
    if origin in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        return None if value is None else _read(options[0], value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise InvalidMessage(f"{where} is a list")
        return tuple(_read(get_args(kind)[0], item, f"{where}[{number}]") for number, item in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise InvalidMessage(f"{where} is an object")
        return {name: _read(get_args(kind)[1], item, f"{where}.{name}") for name, item in value.items()}
    # A number where a truth is wanted is a mistake, and so is the reverse: to Python, True is an int.
    if type(value) is not kind and not (kind is float and type(value) is int):
        raise InvalidMessage(f"{where} is of type {kind.__name__}")
    return value


def _read_message(kind: type, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise InvalidMessage(f"{where} is an object")
    hints = field_types(kind)
    # Refused, not ignored: page and server are of one version, so an unknown field is a mistake of ours.
    if unknown := sorted(set(value) - set(hints)):
        raise InvalidMessage(f"{where} has no field {unknown[0]!r}")
    content = {}
    for field in fields(kind):
        if field.name in value:
            content[field.name] = _read(hints[field.name], value[field.name], f"{where}.{field.name}")
        elif field.default is MISSING:
            raise InvalidMessage(f"{where}.{field.name} is missing")
    return kind(**content)
