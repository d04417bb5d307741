"""How cells come in and go out: the Python text that decodes a record's columns and encodes the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from provisioner.kql import values
from provisioner.kql.ir.composed_expressions import NullPropagatingTemplate
from provisioner.kql.values.datetime_text import datetime_text_to_iso, datetime_text_to_python

if TYPE_CHECKING:
    from provisioner.kql.evaluation.expression_writer import ExpressionWriter
    from provisioner.kql.evaluation.run_context import RunContext
    from provisioner.kql.ir.bound_expression import BoundColumn, BoundExpression

_NEEDS_CHECK = {
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
"""Python text that is false where a cell is a value of its type already and needs no decoder.

Written into the loop instead of called: almost every cell of a stream is of the type that is declared. A string with
other characters than ASCII goes through the decoder, which replaces lone surrogates.
"""


def column_decoding(writer: ExpressionWriter, column: BoundColumn, form: str = "inside") -> list[str]:
    """The lines that take a column's cell out of the record (`get`) into its variable.

    The variable holds an inside value, or the cell of a result of the other `form` where `encodes_text` says so.
    """
    variable = column.variable
    name = repr(column.name)
    parse: Callable[[str], object] = values.parse_datetime
    decode = _DECODERS[column.type]
    if form != "inside":
        parse, decode = _ENCODERS_OF_TEXT[form], _encoding(decode, _ENCODERS[form][column.type])
    needs_check = _NEEDS_CHECK[column.type].format(v=variable, parse=writer.global_name(parse, "parse"))
    decoder = writer.global_name(decode, "decode")
    return [f"{variable} = get({name})", f"if {needs_check}: {variable} = {decoder}(get({name}), {name}, context)"]


def row_as_mapping(row: object, context: RunContext) -> Mapping[str, object]:
    """A record as a mapping; anything else becomes a row of nulls, with a note."""
    if isinstance(row, Mapping):
        return row
    context.note(f"a record is no object but {type(row).__name__}; every column is null")
    return {}


_Decoder = Callable[[object, str, "RunContext"], object]


def _decoder(type_name: str) -> _Decoder:
    # which conversion a type needs is decided once, not for each cell
    convert = values.coercer_for(type_name)

    def decode(value: object, name: str, context: RunContext) -> values.Value:
        converted = convert(value)
        if value is not None and (converted is None or (type_name == "string" and converted == "" and value != "")):
            return _value_of_other_kind(value, name, type_name, context)
        return converted

    return decode


def _encoding(function: object, encode: Callable[..., object]) -> Callable[..., object]:
    """The function with its result encoded; null stays null."""
    assert callable(function)

    def give_encoded(*arguments: object) -> object:
        result = function(*arguments)
        return None if result is None else encode(result)

    return give_encoded


def _value_of_other_kind(value: object, name: str, type_name: str, context: RunContext) -> values.Value:
    # the table of coercions is read when the first value needs it: most runs have none
    from provisioner.kql.values.json_coercion import coerce_other_kind

    converted, note = coerce_other_kind(value, type_name)
    if note is not None:
        context.note(f"column {name!r} is {type_name}, the record has {_abbreviated(value)}: {note}")
    return converted


def _abbreviated(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


_DECODERS = {type_name: _decoder(type_name) for type_name in _NEEDS_CHECK}


def _encode_real(value: float) -> float | str:
    # JSON has no word for NaN and the infinities; value - value is 0 for finite numbers alone
    return value if value - value == 0 else values.format_real(value)


_ENCODERS: dict[str, dict[str, Callable[..., object]]] = {
    "python": {
        "datetime": values.datetime_to_python,
        "timespan": values.timespan_to_python,
        "dynamic": values.to_plain_json,
    },
    "json": {
        "datetime": values.format_datetime,
        "timespan": values.format_timespan,
        "guid": str,
        "decimal": values.format_decimal,
        "real": _encode_real,
        "dynamic": values.to_plain_json,
    },
    "exact": {
        "datetime": values.format_datetime,
        "timespan": values.format_timespan,
        "dynamic": values.to_plain_json,
    },
    "inside": {},
}
RESULT_FORMS = frozenset(_ENCODERS)
"""The forms of results; "inside" gives the values as the engine holds them and is for constants."""


_ENCODERS_OF_TEXT: dict[str, Callable[[str], object]] = {
    "python": datetime_text_to_python,
    "json": datetime_text_to_iso,
    "exact": datetime_text_to_iso,
}
"""By form, what a datetime's text becomes in one step where parsing it and encoding the ticks would take two."""


def is_datetime_for_result(column: BoundColumn, form: str) -> bool:
    """Whether a column that only the result reads can be encoded where it is decoded."""
    return column.type == "datetime" and form in _ENCODERS_OF_TEXT


def conversion_for_result(value: BoundExpression, form: str) -> BoundExpression | None:
    """A `todatetime` of text or of a dynamic as the expression that gives the encoded cell; None for any other."""
    if form not in _ENCODERS_OF_TEXT or not isinstance(value, NullPropagatingTemplate):
        return None
    helpers = dict(value.helpers)
    # `f` gives the whole result of a call; beside `parse`, which takes a dynamic's text, it takes what is no text
    if helpers.get("f") is values.parse_datetime:
        helpers["f"] = _ENCODERS_OF_TEXT[form]
    elif helpers.get("parse") is values.parse_datetime:
        helpers["parse"] = _ENCODERS_OF_TEXT[form]
        helpers["f"] = _encoding(value.helpers["f"], _ENCODERS[form]["datetime"])
    else:
        return None
    return NullPropagatingTemplate(value.type, value.template, value.arguments, helpers=helpers, span=value.span)


def cell_encoding(writer: ExpressionWriter, text: str, bound: BoundExpression, form: str) -> str:
    """The Python text that encodes the inside value of the expression `text` in one of the forms."""
    convert = _ENCODERS[form].get(bound.type)
    # a dynamic that came from JSON text holds JSON alone: walking through it would find nothing to encode
    if convert is None or (bound.type == "dynamic" and not bound.needs_json_encoding):
        return text
    encoder = writer.global_name(convert, "encode")
    if not bound.nullable:
        return f"{encoder}({text})"
    if text.isidentifier():
        return f"(None if {text} is None else {encoder}({text}))"
    local = writer.new_local()
    return f"(None if ({local} := {text}) is None else {encoder}({local}))"
