"""How a column is named that holds a function's call and that the author did not name."""

from __future__ import annotations

_NAMED_LIKE_FIRST_ARGUMENT = """
abs acos asin atan atan2 bin bin_at binary_and binary_not binary_or binary_shift_left binary_shift_right binary_xor
bitset_count_ones ceiling cos erf erfc exp exp10 exp2 floor format_bytes format_datetime format_timespan gamma log log10
log2 loggamma parse_csv parse_json parse_xml parsejson pow rand round sin split sqrt startofday tan tobool toboolean
todatetime todecimal todouble todynamic toguid tohex toint tolong toobject toreal tostring totime totimespan
"""

# Beside the registrations, since it also has names without one: `column_ifexists` is bound by a rule of its own.
RESULT_NAME_RULES: dict[str, str] = {
    **dict.fromkeys(_NAMED_LIKE_FIRST_ARGUMENT.split(), "first"),
    "make_datetime": "only",
    "make_timespan": "only",
    "strlen": "name_first",
    "string_size": "name_first",
    "gettype": "prefix:type",
    "treepath": "prefix:tree",
    "repeat": "prefix:repeat",
    "columnifexists": "column",
    "column_ifexists": "column",
}
"""How a call names its column: `first` takes the first argument's name, `only` the same where there is one argument,
`name_first` and `prefix:x` put the function's name or x before it, `column` takes the name that its constant text is.
A function without a rule names no column: it is called Column1 and so on. (As Microsoft's own analyser does.)"""
