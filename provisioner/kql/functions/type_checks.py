"""The type of a value, and whether it is null, empty, plain text."""

from __future__ import annotations

from functools import partial

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Value, dynamic_type_name, to_text

_NULLABLE_TYPES = ("bool", "int", "long", "real", "decimal", "datetime", "timespan", "guid", "dynamic")


def _always(result: Value, *_: Value) -> Value:
    return result


@scalar_function(
    *(f"isnull(value: {type_name}) -> bool" for type_name in _NULLABLE_TYPES),
    handles_nulls=True,
    inline_template="({0} is None)",
)
def isnull(value: Value) -> bool:
    """Whether the value is null; a string never is."""
    return value is None


@scalar_function(
    *(f"{name}(value: {type_name}) -> bool" for name in ("isnotnull", "notnull") for type_name in _NULLABLE_TYPES),
    handles_nulls=True,
    inline_template="({0} is not None)",
)
def isnotnull(value: Value) -> bool:
    """Whether the value is not null; a string never is null."""
    return value is not None


# A string is never null in Kusto; its empty value stands for null at the edge of the engine.
scalar_function("isnull(value: string) -> bool", handles_nulls=True, inline_template="False")(partial(_always, False))
scalar_function(
    "isnotnull(value: string) -> bool", "notnull(value: string) -> bool", handles_nulls=True, inline_template="True"
)(partial(_always, True))

_NULLABLE_SCALARS = _NULLABLE_TYPES[:-1]


@scalar_function("isempty(value: string) -> bool", handles_nulls=True, inline_template="({0} == '')")
def isempty_text(value: str) -> bool:
    """Whether the string is empty."""
    return not value


@scalar_function(
    *(f"isempty(value: {type_name}) -> bool" for type_name in _NULLABLE_SCALARS),
    handles_nulls=True,
    inline_template="({0} is None)",
)
def isempty(value: Value) -> bool:
    """Whether the value is null."""
    return value is None


@scalar_function("isempty(value: dynamic) -> bool", handles_nulls=True, inline_template="({0} is None or {0} == '')")
def isempty_dynamic(value: Value) -> bool:
    """Whether the value is null or an empty string; empty arrays and bags are not empty."""
    return value is None or value == ""


@scalar_function(
    *(f"{name}(value: string) -> bool" for name in ("isnotempty", "notempty")),
    handles_nulls=True,
    inline_template="({0} != '')",
)
def isnotempty_text(value: str) -> bool:
    """Whether the string holds anything."""
    return bool(value)


@scalar_function(
    *(f"{name}(value: {type_name}) -> bool" for name in ("isnotempty", "notempty") for type_name in _NULLABLE_SCALARS),
    handles_nulls=True,
    inline_template="({0} is not None)",
)
def isnotempty(value: Value) -> bool:
    """Whether the value is not null."""
    return value is not None


@scalar_function(
    *(f"{name}(value: dynamic) -> bool" for name in ("isnotempty", "notempty")),
    handles_nulls=True,
    inline_template="({0} is not None and {0} != '')",
)
def isnotempty_dynamic(value: Value) -> bool:
    """Whether the value is neither null nor an empty string."""
    return value is not None and value != ""


# A registration a type: the name is constant in each, where one body would look it up for each row.
for _type_name in (*_NULLABLE_SCALARS, "string"):
    scalar_function(f"gettype(value: {_type_name}) -> string", handles_nulls=True, inline_template=repr(_type_name))(
        partial(_always, _type_name)
    )


@scalar_function("gettype(value: dynamic) -> string", handles_nulls=True)
def gettype(value: Value) -> str:
    """The type a dynamic holds: `null`, `array`, `dictionary` or a scalar type."""
    return dynamic_type_name(value)


@scalar_function("isascii(text: string) -> bool", inline_template="{0}.isascii()")
def isascii(text: str) -> bool:
    """Whether every character is ASCII."""
    return text.isascii()


@scalar_function("isascii(value: scalar) -> bool", takes_types=True)
def isascii_of(value: Value, *, types: tuple[str, ...]) -> bool:
    """Whether every character of the value's text is ASCII."""
    return to_text(value, types[0]).isascii()


@scalar_function("isutf8(value: scalar) -> bool", takes_types=True)
def isutf8(value: Value, *, types: tuple[str, ...]) -> bool:
    """Whether the text is valid UTF-8: every string is, except where U+FFFD replaces what was not."""
    return "\ufffd" not in to_text(value, types[0])
