"""JSON values as ARM sees them: their types, texts, equality and order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from provisioner.template.unknown_values import Unknown

_AZURE_NAMES = {
    "string": "String",
    "int": "Integer",
    "float": "Float",
    "bool": "Boolean",
    "array": "Array",
    "object": "Object",
    "null": "Null",
}


def type_of(value: Any) -> str:
    """`string`, `int`, `float`, `bool`, `array`, `object`, `null`, or `unknown`."""
    if isinstance(value, str):
        return "string"
    # Before int: in Python a bool is one.
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    if isinstance(value, list):
        return "array"
    if isinstance(value, dict):
        return "object"
    return "unknown" if isinstance(value, Unknown) else "null"


def azure_type_of(value: Any) -> str:
    """The type as Azure's errors name it."""
    return _AZURE_NAMES.get(type_of(value), "Null")


def text_of(value: Any) -> str:
    """A value as a text: `True`, `1`, JSON for arrays and objects, nothing for null; of an Unknown its own text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_unknown_text)
    return value.text if isinstance(value, Unknown) else _number_text(value)


def _number_text(value: float) -> str:
    # .NET writes 2.0 as 2; beyond 15 digits it would write an exponent.
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def _unknown_text(value: Any) -> str:
    if isinstance(value, Unknown):
        return value.text
    raise TypeError(type(value).__name__)


def identity(value: Any) -> Any:
    """A hashable stand-in: equal for values that `equals()` takes as equal, property names in any case."""
    # 1 and true are equal and have one hash in Python, and are different values in ARM.
    if isinstance(value, bool) or value is None:
        return (type(value).__name__, value)
    if isinstance(value, list):
        return ("array", *map(identity, value))
    if isinstance(value, dict):
        return ("object", frozenset((key.lower(), identity(inner)) for key, inner in value.items()))
    return value


def equal(one: Any, other: Any) -> bool:
    """Whether two values are the same; strings with case, property names without."""
    if type(one) is type(other) and isinstance(one, (str, int, float)):
        return bool(one == other)
    return bool(identity(one) == identity(other))


def collation(text: str) -> tuple[str, str]:
    """The key by which strings are ordered: letters first, then lower case before upper.

    Source: the page of `greater`, which has 'A' greater than 'a'.
    """
    return text.casefold(), text.swapcase()


def find_key(mapping: Mapping[str, Any], name: str) -> str | None:
    """The key of a mapping that is this name in any case; the exact one first."""
    # Nearly every look-up is spelled as declared: the scan over all keys is for the rest.
    if name in mapping:
        return name
    lowered = name.lower()
    return next((key for key in mapping if key.lower() == lowered), None)


def get(mapping: Mapping[str, Any], name: str, default: Any = None) -> Any:
    """The value of a name in any case: Azure's own reader takes `apiversion` for `apiVersion`."""
    key = find_key(mapping, name)
    return default if key is None else mapping[key]
