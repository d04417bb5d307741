"""Rows coming in and going out, as lines of the generated code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from provisioner.kql import values

if TYPE_CHECKING:
    from provisioner.kql.evaluation.expression_writer import Writer
    from provisioner.kql.evaluation.run_context import Context
    from provisioner.kql.ir.bound_expression import Bound, Column

_QUICK = {
    "string": "{v}.__class__ is not str or not {v}.isascii()",
    "long": "{v}.__class__ is not int or not -9223372036854775808 <= {v} <= 9223372036854775807",
    "int": "{v}.__class__ is not int or not -2147483648 <= {v} <= 2147483647",
    "real": "{v}.__class__ is not float",
    "bool": "{v} is not True and {v} is not False",
    "datetime": "{v} is not None and ({v}.__class__ is not str or ({v} := {parse}({v})) is None)",
    "guid": "{v} is not None",
    "timespan": "{v} is not None",
    "decimal": "{v} is not None",
    "dynamic": "{v}.__class__ is not str and {v} is not None",
}
"""When a value has to be looked at closely; what is false here is a value of the type already."""


def read(writer: Writer, column: Column) -> list[str]:
    """The lines that take a column out of `get` and make an inside value of it."""
    word = column.variable
    name = repr(column.name)
    closely = _QUICK[column.type].format(v=word, parse=writer.name(values.parse_datetime, "parse"))
    reader = writer.name(_READERS[column.type], "read")
    return [f"{word} = get({name})", f"if {closely}: {word} = {reader}(get({name}), {name}, context)"]


def as_row(row: Any, context: Context) -> Mapping[str, Any]:
    """A record as a mapping; what is none is a row of nulls, and noted."""
    if isinstance(row, Mapping):
        return row
    context.note(f"a record is no object but {type(row).__name__}; every column is null")
    return {}


def _reader(kind: str) -> Any:
    convert = values.coercer(kind)
    null = "" if kind == "string" else None

    def reader(value: Any, name: str, context: Context) -> Any:
        made = convert(value)
        if value is not None and (made is None or (kind == "string" and made == "" and value != "")):
            context.note(f"column {name!r} is {kind}, the record has {_brief(value)}: {values.WRONG_TYPE}")
            return null
        return made

    return reader


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


_READERS = {kind: _reader(kind) for kind in _QUICK}


def _real(value: float) -> float | str:
    """JSON has no word for what is not finite."""
    return value if value - value == 0 else values.real_text(value)


_LEAVE: dict[str, dict[str, Any]] = {
    "python": {
        "datetime": values.ticks_to_python,
        "timespan": values.timespan_to_python,
        "dynamic": values.plain_json,
    },
    "json": {
        "datetime": values.format_datetime,
        "timespan": values.format_timespan,
        "guid": str,
        "decimal": values.decimal_text,
        "real": _real,
        "dynamic": values.plain_json,
    },
    "exact": {
        "datetime": values.format_datetime,
        "timespan": values.format_timespan,
        "dynamic": values.plain_json,
    },
    "inside": {},
}
FORMS = frozenset(_LEAVE)


def leave(writer: Writer, text: str, bound: Bound, form: str) -> str:
    """The expression that gives an inside value in one of the forms."""
    convert = _LEAVE[form].get(bound.type)
    if convert is None or (bound.type == "dynamic" and not bound.wrapped):
        return text
    name = writer.name(convert, "leave")
    simple = text.isidentifier()
    if not bound.nullable:
        return f"{name}({text})"
    word = text if simple else writer.fresh()
    return f"(None if {word if simple else f'({word} := {text})'} is None else {name}({word}))"
