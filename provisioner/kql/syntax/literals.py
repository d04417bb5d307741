"""Literal tokens to typed values."""

from __future__ import annotations

from typing import Any

from provisioner.kql import values
from provisioner.kql.syntax.lexer import LITERAL_TYPES, unquote

MAX_LONG = 2**63 - 1
MAX_INT = 2**31 - 1


class BadLiteral(Exception):
    """A literal whose text is no value of its type."""


def number(kind: str, text: str) -> tuple[str, Any]:
    """Type and value of a number or timespan token."""
    if kind == "span":
        ticks = values.parse_timespan(text)
        if ticks is None:
            raise BadLiteral(f"{text} is no timespan of Kusto's range")
        return "timespan", ticks
    if kind == "real":
        return "real", float(text)
    if kind == "hex":
        whole = int(text, 16)
        if whole >= 2**64:
            raise BadLiteral(f"{text} does not fit a long")
        return "long", values.wrap_long(whole)
    if len(text) > 20 or int(text) > MAX_LONG + 1:
        raise BadLiteral(f"{text} does not fit a long")
    return "long", int(text)


def typed(text: str) -> tuple[str, Any]:
    """Type and value of `datetime(…)`, `guid(…)`, `long(…)` and their like; `null` inside is the type's null."""
    word, _, rest = text.partition("(")
    kind = LITERAL_TYPES[word.strip()]
    inside = rest[:-1].strip()
    if inside == "null":
        return kind, None
    if inside[:1] in ("'", '"'):
        inside = unquote(inside)
    value = _READERS[kind](inside)
    if value is None:
        raise BadLiteral(f"{inside!r} is no {kind}")
    return kind, value


def _long(text: str) -> int | None:
    value = values.parse_long(text)
    return value if value is not None else _words(text)


def _int(text: str) -> int | None:
    value = _long(text)
    return value if value is not None and -MAX_INT - 1 <= value <= MAX_INT else None


def _words(text: str) -> int | None:
    """`long(true)` is 1."""
    return {"true": 1, "false": 0}.get(text)


def _bool(text: str) -> bool | None:
    known = {"true": True, "false": False, "1": True, "0": False}.get(text.lower())
    whole = values.parse_long(text) if known is None else None
    return known if whole is None else whole != 0


def _datetime(text: str) -> int | None:
    if text == "now":
        return None
    return values.parse_datetime(text)


def _timespan(text: str) -> int | None:
    return values.parse_timespan(text.replace(" ", "") if text[:1].isdigit() and text[-1:].isalpha() else text)


_READERS: dict[str, Any] = {
    "bool": _bool,
    "int": _int,
    "long": _long,
    "real": values.parse_real,
    "decimal": values.parse_decimal,
    "datetime": _datetime,
    "timespan": _timespan,
    "guid": values.parse_guid,
}
