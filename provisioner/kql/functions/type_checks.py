"""What a value is: its type, whether it is null, empty, plain text."""

from __future__ import annotations

from functools import partial
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import kind_of, text_of

_TYPED = ("bool", "int", "long", "real", "decimal", "datetime", "timespan", "guid", "dynamic")


def _constant(answer: Any, *_: Any) -> Any:
    return answer


@function(
    *(f"{name}(value: {kind}) -> bool" for name in ("isnull",) for kind in _TYPED), nulls=True, inline="({0} is None)"
)
def isnull(value: Any) -> bool:
    """Whether the value is null; a string never is."""
    return value is None


@function(
    *(f"{name}(value: {kind}) -> bool" for name in ("isnotnull", "notnull") for kind in _TYPED),
    nulls=True,
    inline="({0} is not None)",
)
def isnotnull(value: Any) -> bool:
    """Whether the value is not null; a string never is null."""
    return value is not None


function("isnull(value: string) -> bool", nulls=True, inline="False")(partial(_constant, False))
function("isnotnull(value: string) -> bool", "notnull(value: string) -> bool", nulls=True, inline="True")(
    partial(_constant, True)
)

_SOLID = _TYPED[:-1]


@function("isempty(value: string) -> bool", nulls=True, inline="({0} == '')")
def isempty_text(value: str) -> bool:
    """Whether the string is empty."""
    return not value


@function(*(f"isempty(value: {kind}) -> bool" for kind in _SOLID), nulls=True, inline="({0} is None)")
def isempty(value: Any) -> bool:
    """Whether the value is null."""
    return value is None


@function("isempty(value: dynamic) -> bool", nulls=True, inline="({0} is None or {0} == '')")
def isempty_dynamic(value: Any) -> bool:
    """Whether the value is null or an empty string; empty arrays and bags are not empty."""
    return value is None or value == ""


@function(*(f"{name}(value: string) -> bool" for name in ("isnotempty", "notempty")), nulls=True, inline="({0} != '')")
def isnotempty_text(value: str) -> bool:
    """Whether the string holds anything."""
    return bool(value)


@function(
    *(f"{name}(value: {kind}) -> bool" for name in ("isnotempty", "notempty") for kind in _SOLID),
    nulls=True,
    inline="({0} is not None)",
)
def isnotempty(value: Any) -> bool:
    """Whether the value is not null."""
    return value is not None


@function(
    *(f"{name}(value: dynamic) -> bool" for name in ("isnotempty", "notempty")),
    nulls=True,
    inline="({0} is not None and {0} != '')",
)
def isnotempty_dynamic(value: Any) -> bool:
    """Whether the value is neither null nor an empty string."""
    return value is not None and value != ""


for _kind in (*_SOLID, "string"):
    function(f"gettype(value: {_kind}) -> string", nulls=True, inline=repr(_kind))(partial(_constant, _kind))


@function("gettype(value: dynamic) -> string", nulls=True)
def gettype(value: Any) -> str:
    """The type a dynamic holds: `null`, `array`, `dictionary` or a scalar type."""
    return kind_of(value)


@function("isascii(text: string) -> bool", inline="{0}.isascii()")
def isascii(text: str) -> bool:
    """Whether every character is ASCII."""
    return text.isascii()


@function("isascii(value: scalar) -> bool", types=True)
def isascii_of(value: Any, *, types: tuple[str, ...]) -> bool:
    """Whether every character of the value's text is ASCII."""
    return text_of(value, types[0]).isascii()


@function("isutf8(value: scalar) -> bool", types=True)
def isutf8(value: Any, *, types: tuple[str, ...]) -> bool:
    """Whether the text is valid UTF-8: every string is, save where U+FFFD stands for what was not."""
    return "\ufffd" not in text_of(value, types[0])
