"""From one type to another: what does not fit is null."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import (
    convert,
    parse_datetime,
    parse_guid,
    parse_json,
    parse_long,
    parse_real,
    parse_timespan,
    text_of_dynamic,
    texter,
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
_NUMBERS = {"bool": "int({0})", "int": "{0}", "long": "{0}", "datetime": "{0}", "timespan": "{0}"}


def _convertible(names: str, target: str, convertor: Callable[[Any, str], Any], inline: dict[str, str]) -> None:
    """Register `names` for every type of argument: one body a type, so that nothing is looked up for each row."""
    for name in names.split():
        for source in _SCALARS:
            body = _DIRECT.get((source, target)) or partial(_call, convertor, source)
            function(f"{name}(value: {source}) -> {target}", inline=inline.get(source))(body)
        function(f"{name}(value: dynamic) -> {target}", inline=_HELD.get(target))(_from_dynamic(target))


def _call(convertor: Callable[[Any, str], Any], source: str, value: Any) -> Any:
    return convertor(value, source)


def _from_dynamic(target: str) -> Callable[[Any], Any]:
    """The body for a dynamic argument: text, the usual case, goes to its reader without a detour."""
    read = _DIRECT.get(("string", target))

    def body(value: Any) -> Any:
        if read is not None and value.__class__ is str:
            return read(value)
        return convert(value, "dynamic", target)

    return body


def _identity(value: Any) -> Any:
    return value


def _guid_of(value: Any, source: str) -> Any:
    return parse_guid(value) if source == "string" else None


_DIRECT: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("string", "long"): parse_long,
    ("string", "real"): parse_real,
    ("string", "datetime"): parse_datetime,
    ("string", "timespan"): parse_timespan,
    ("string", "guid"): parse_guid,
    ("long", "int"): wrap_int,
    **{(name, name): _identity for name in _SCALARS},
}

_HELD = {
    "bool": "({0} if ({0}).__class__ is bool else {f}({0}))",
    "int": "({0} if ({0}).__class__ is int and -2147483648 <= {0} <= 2147483647 else {f}({0}))",
    "long": "({0} if ({0}).__class__ is int else {f}({0}))",
    "real": "({0} if ({0}).__class__ is float else {f}({0}))",
}
"""What a dynamic may hold of the very type: taken as it is."""

_convertible("tobool toboolean", "bool", to_bool, {"bool": "{0}", "int": "({0} != 0)", "long": "({0} != 0)"})
_convertible("toint", "int", to_int, {"bool": "int({0})", "int": "{0}"})
_convertible("tolong", "long", to_long, _NUMBERS)
_convertible("toreal todouble", "real", to_real, {"real": "{0}", "int": "float({0})", "long": "float({0})"})
_convertible("todecimal", "decimal", to_decimal, {"decimal": "{0}"})
_convertible("todatetime", "datetime", to_datetime, {"datetime": "{0}"})
_convertible("totimespan totime", "timespan", to_timespan, {"timespan": "{0}"})

for _source in ("string", "guid"):
    function(f"toguid(value: {_source}) -> guid")(parse_guid if _source == "string" else _identity)
function("toguid(value: dynamic) -> guid")(_from_dynamic("guid"))

_TEXT_INLINE = {"int": "str({0})", "long": "str({0})", "string": "{0}", "guid": "str({0})"}
for _source in _SCALARS:
    function(f"tostring(value: {_source}) -> string", inline=_TEXT_INLINE.get(_source))(texter(_source))
function("tostring(value: dynamic) -> string", inline="({0} if ({0}).__class__ is str else {f}({0}))")(text_of_dynamic)


function(*(f"{name}(json: string) -> dynamic" for name in ("parse_json", "parsejson", "todynamic", "toobject")))(
    parse_json
)


@function(
    "parse_json(value: dynamic) -> dynamic",
    "parsejson(value: dynamic) -> dynamic",
    "todynamic(value: dynamic) -> dynamic",
    "toobject(value: dynamic) -> dynamic",
    inline="{0}",
)
def parse_dynamic(value: Any) -> Any:
    """A dynamic is taken as it is, even where it holds JSON text."""
    return value


@function("tohex(value: int, width: long?) -> string")
def tohex_int(value: int, width: int | None = None) -> str:
    """Hexadecimal digits, a negative number in two's complement of 32 bits."""
    return _hex(value, 32, width)


@function("tohex(value: long, width: long?) -> string")
def tohex(value: int, width: int | None = None) -> str:
    """Hexadecimal digits, a negative number in two's complement of 64 bits."""
    return _hex(value, 64, width)


def _hex(value: int, bits: int, width: int | None) -> str:
    digits = f"{value % 2**bits:x}"
    return digits.rjust(min(width or 0, 16), "0")
