"""Columns from sample records: the narrowest types on which all samples agree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

_MAX_TYPED_TEXT = 40
"""No time or guid is longer: longer texts are not parsed."""


def infer(samples: Iterable[object]) -> dict[str, str]:
    """Name to type, in the order in which the names first occur.

    A whole number is an int while all fit 32 bits, then a long; whole numbers with others are real; text that always
    is a time with a date is a datetime, text that always is a guid is a guid; what does not agree is dynamic. A column
    that is null in every sample is a string. A record that is no mapping is passed over.
    """
    types: dict[str, str | None] = {}
    for sample in samples:
        if not isinstance(sample, Mapping):
            continue
        for name, value in sample.items():
            type_name = _value_type(value)
            agreed = types.setdefault(str(name), type_name)
            if type_name is not None and agreed != type_name:
                types[str(name)] = type_name if agreed is None else _agreed_type(agreed, type_name)
    return {name: type_name or "string" for name, type_name in types.items()}


def _value_type(value: object) -> str | None:
    """The type of one value; None for null, which agrees with all."""
    if value is None:
        return None
    if isinstance(value, str):
        return _text_type(value)
    if isinstance(value, bool):  # before int, of which Python's bool is a kind
        return "bool"
    if isinstance(value, int):
        return "int" if -(2**31) <= value < 2**31 else "long" if -(2**63) <= value < 2**63 else "real"
    for python_types, type_name in _PYTHON_TYPES:
        if isinstance(value, python_types):
            return type_name
    return "dynamic"


_PYTHON_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    ((float, Decimal), "real"),
    (dt.date, "datetime"),
    (dt.timedelta, "timespan"),
    (UUID, "guid"),
)


def _text_type(text: str) -> str:
    from provisioner.kql import values

    # "20260101" would parse as a time too: only text that is written as a date is taken for one
    if not 8 <= len(text) <= _MAX_TYPED_TEXT:
        return "string"
    if len(text) == 36 and text.count("-") == 4 and values.parse_guid(text) is not None:
        return "guid"
    dated = text[:4].isdigit() and text[4] == "-" and len(text) >= 10
    return "datetime" if dated and values.parse_datetime(text) is not None else "string"


_NUMBERS = ("int", "long", "real")


def _agreed_type(one: str, other: str) -> str:
    if one in _NUMBERS and other in _NUMBERS:
        return max(one, other, key=_NUMBERS.index)
    textual = {"string", "datetime", "guid"}
    return "string" if {one, other} <= textual else "dynamic"
