"""From one type to another: what does not fit is null."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import (
    Value,
    convert,
    dynamic_to_text,
    parse_datetime,
    parse_guid,
    parse_json,
    parse_long,
    parse_real,
    parse_timespan,
    text_formatter_for,
    to_bool,
    to_datetime,
    to_decimal,
    to_int,
    to_long,
    to_real,
    to_timespan,
    wrap_int,
)

_SCALARS = ("bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid")
_LONG_INLINE = {"bool": "int({0})", "int": "{0}", "long": "{0}", "datetime": "{0}", "timespan": "{0}"}


def _register_conversion(
    names: str, target: str, converter: Callable[[Value, str], Value], inline: dict[str, str]
) -> None:
    """Register `names` for every type of argument; `inline` has the inline templates by that type."""
    # One body a type, so that the type is looked up when a query is bound and not for each row.
    for name in names.split():
        for source in _SCALARS:
            body = _DIRECT_CONVERSIONS.get((source, target)) or partial(_call_converter, converter, source)
            scalar_function(f"{name}(value: {source}) -> {target}", inline_template=inline.get(source))(body)
        _register_dynamic_conversion(name, target)


def _register_dynamic_conversion(name: str, target: str) -> None:
    def convert_member(value: Value) -> Value:
        return convert(value, "dynamic", target)

    parser = _TEXT_PARSERS.get(target)
    scalar_function(
        f"{name}(value: dynamic) -> {target}",
        inline_template=_DYNAMIC_INLINE.get(target),
        inline_helpers={} if parser is None else {"parse": parser},
    )(convert_member)


def _call_converter(converter: Callable[[Value, str], Value], source: str, value: Value) -> Value:
    return converter(value, source)


def _identity(value: Value) -> Value:
    return value


_TEXT_PARSERS: dict[str, Callable[[str], Value]] = {
    "long": parse_long,
    "real": parse_real,
    "datetime": parse_datetime,
    "timespan": parse_timespan,
    "guid": parse_guid,
}
_DIRECT_CONVERSIONS: dict[tuple[str, str], Callable[..., Value]] = {
    **{("string", target): parse for target, parse in _TEXT_PARSERS.items()},
    ("long", "int"): wrap_int,
    **{(name, name): _identity for name in _SCALARS},
}

_DYNAMIC_INLINE = {
    "bool": "({0} if ({0}).__class__ is bool else {f}({0}))",
    "int": "({0} if ({0}).__class__ is int and -2147483648 <= {0} <= 2147483647 else {f}({0}))",
    "long": "({0} if ({0}).__class__ is int else {parse}({0}) if ({0}).__class__ is str else {f}({0}))",
    "real": "({0} if ({0}).__class__ is float else {parse}({0}) if ({0}).__class__ is str else {f}({0}))",
    **dict.fromkeys(("datetime", "timespan", "guid"), "({parse}({0}) if ({0}).__class__ is str else {f}({0}))"),
}
"""Templates by target type for a dynamic argument: a value of that type already is taken as it is, text is parsed."""

_register_conversion("tobool toboolean", "bool", to_bool, {"bool": "{0}", "int": "({0} != 0)", "long": "({0} != 0)"})
_register_conversion("toint", "int", to_int, {"bool": "int({0})", "int": "{0}"})
_register_conversion("tolong", "long", to_long, _LONG_INLINE)
_register_conversion("toreal todouble", "real", to_real, {"real": "{0}", "int": "float({0})", "long": "float({0})"})
_register_conversion("todecimal", "decimal", to_decimal, {"decimal": "{0}"})
_register_conversion("todatetime", "datetime", to_datetime, {"datetime": "{0}"})
_register_conversion("totimespan totime", "timespan", to_timespan, {"timespan": "{0}"})

# Apart from the others: only text and guids convert, and a number in `toguid()` is reported when the query is bound.
for _source in ("string", "guid"):
    scalar_function(f"toguid(value: {_source}) -> guid")(parse_guid if _source == "string" else _identity)
_register_dynamic_conversion("toguid", "guid")

_STRING_INLINE = {"int": "str({0})", "long": "str({0})", "string": "{0}", "guid": "str({0})"}
for _source in _SCALARS:
    scalar_function(f"tostring(value: {_source}) -> string", inline_template=_STRING_INLINE.get(_source))(
        text_formatter_for(_source)
    )
scalar_function("tostring(value: dynamic) -> string", inline_template="({0} if ({0}).__class__ is str else {f}({0}))")(
    dynamic_to_text
)


scalar_function(*(f"{name}(json: string) -> dynamic" for name in ("parse_json", "parsejson", "todynamic", "toobject")))(
    parse_json
)


@scalar_function(
    "parse_json(value: dynamic) -> dynamic",
    "parsejson(value: dynamic) -> dynamic",
    "todynamic(value: dynamic) -> dynamic",
    "toobject(value: dynamic) -> dynamic",
    inline_template="{0}",
)
def parse_dynamic(value: Value) -> Value:
    """A dynamic stays as it is, even where it holds JSON text."""
    return value


@scalar_function("tohex(value: int, width: long?) -> string")
def tohex_int(value: int, width: int | None = None) -> str:
    """Hexadecimal digits, a negative number in two's complement of 32 bits."""
    return _hex_digits(value, 32, width)


@scalar_function("tohex(value: long, width: long?) -> string")
def tohex(value: int, width: int | None = None) -> str:
    """Hexadecimal digits, a negative number in two's complement of 64 bits."""
    return _hex_digits(value, 64, width)


def _hex_digits(value: int, bits: int, width: int | None) -> str:
    digits = f"{value % 2**bits:x}"
    return digits.rjust(min(width or 0, 16), "0")
