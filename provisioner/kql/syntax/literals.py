"""Literal tokens to types and values in the inside representation of `kql.values`."""

from __future__ import annotations

from collections.abc import Callable

from provisioner.kql import values
from provisioner.kql.syntax.lexer import LITERAL_TYPES, unquote_string

MAX_LONG = 2**63 - 1
MAX_INT = 2**31 - 1


class InvalidLiteral(Exception):
    """A literal whose text is no value of its type."""


def read_number(kind: str, text: str) -> tuple[str, values.Value]:
    """Type and value of a number or timespan token; InvalidLiteral where it is out of the type's range.

    `kind` is the token's: long, real, hex or span.
    """
    if kind == "span":
        ticks = values.parse_timespan(text)
        if ticks is None:
            raise InvalidLiteral(f"{text} is no timespan of Kusto's range")
        return "timespan", ticks
    if kind == "real":
        return "real", float(text)
    if kind == "hex":
        whole = int(text, 16)
        if whole >= 2**64:
            raise InvalidLiteral(f"{text} does not fit a long")
        return "long", values.wrap_long(whole)
    # one more than the largest long: behind a minus it is the smallest. The length first, since int() takes time in
    # the square of it.
    if len(text) > 20 or int(text) > MAX_LONG + 1:
        raise InvalidLiteral(f"{text} does not fit a long")
    return "long", int(text)


def read_typed_literal(text: str) -> tuple[str, values.Value]:
    """Type and value of `datetime(…)`, `guid(…)`, `long(…)` and the like; `null` inside is the type's null.

    Raises InvalidLiteral where the text inside is no value of the type.
    """
    word, _, rest = text.partition("(")
    kind = LITERAL_TYPES[word.strip()]
    inside = rest[:-1].strip()
    if inside == "null":
        return kind, None
    if inside[:1] in ("'", '"'):
        inside = unquote_string(inside)
    value = _PARSERS[kind](inside)
    if value is None:
        raise InvalidLiteral(f"{inside!r} is no {kind}")
    return kind, value


def _parse_long(text: str) -> int | None:
    value = values.parse_long(text)
    return value if value is not None else _bool_as_long(text)


def _parse_int(text: str) -> int | None:
    value = _parse_long(text)
    return value if value is not None and -MAX_INT - 1 <= value <= MAX_INT else None


def _bool_as_long(text: str) -> int | None:
    """`long(true)` is 1."""
    return {"true": 1, "false": 0}.get(text)


def _parse_bool(text: str) -> bool | None:
    named = {"true": True, "false": False, "1": True, "0": False}.get(text.lower())
    whole = values.parse_long(text) if named is None else None
    return named if whole is None else whole != 0


_PARSERS: dict[str, Callable[[str], values.Value]] = {
    "bool": _parse_bool,
    "int": _parse_int,
    "long": _parse_long,
    "real": values.parse_real,
    "decimal": values.parse_decimal,
    "datetime": values.parse_datetime,
    "timespan": values.parse_timespan,
    "guid": values.parse_guid,
}
