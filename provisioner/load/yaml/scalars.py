"""YAML 1.2 core schema: which unquoted scalars are null, booleans or numbers; all others are text.

Source: https://yaml.org/spec/1.2.2/#1032-tag-resolution
"""

from __future__ import annotations

import re
from typing import Any

# Python refuses to convert longer integers (sys.set_int_max_str_digits), so they stay text.
_MAX_DIGITS = 300

_NULLS_AND_BOOLEANS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# A leading zero keeps the scalar text: `030` is a code, never a count.
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITIES_AND_NAN = {
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_FIRST_CHARACTERS = frozenset("0123456789+-.")


def resolve_scalar(text: str) -> Any:
    """The value of an unquoted scalar: None, bool, int, float, or the text itself."""
    if text in _NULLS_AND_BOOLEANS:
        return _NULLS_AND_BOOLEANS[text]
    # Most scalars are names: one look at the first character spares them three regular expressions.
    if text[0] not in _FIRST_CHARACTERS or len(text) > _MAX_DIGITS:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL_OR_HEX.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return _INFINITIES_AND_NAN.get(text, text)
