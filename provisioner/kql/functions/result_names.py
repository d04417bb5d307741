"""What a column is called that the author gave a function's call and no name."""

from __future__ import annotations

_FIRST = """
abs acos asin atan atan2 bin bin_at binary_and binary_not binary_or binary_shift_left binary_shift_right binary_xor
bitset_count_ones ceiling cos erf erfc exp exp10 exp2 floor format_bytes format_datetime format_timespan gamma log log10
log2 loggamma parse_csv parse_json parse_xml parsejson pow rand round sin split sqrt startofday tan tobool toboolean
todatetime todecimal todouble todynamic toguid tohex toint tolong toobject toreal tostring totime totimespan
"""

RESULT_NAMES: dict[str, str] = {
    **dict.fromkeys(_FIRST.split(), "first"),
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
"""How a call names its column: `first` lends its first argument's name, `only` the same where it has but one,
`name_first` and `prefix:x` put the function's name or x before it, `column` takes the name its text says. A function
that is not here lends none: the column is called Column1 and so on. (As Microsoft's own analyser does.)"""
