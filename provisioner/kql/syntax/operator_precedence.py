"""The binary operators of scalar expressions and how tightly each binds."""

from __future__ import annotations

_TEXT_OPERATORS = frozenset(
    f"{negation}{word}{case}"
    for negation in ("", "!")
    for word in ("contains", "has", "startswith", "endswith", "hasprefix", "hassuffix")
    for case in ("", "_cs")
) | {"=~", "!~"}
LIST_OPERATORS = frozenset(("in", "!in", "in~", "!in~", "has_any", "has_all"))

TEXT_OPERATOR_POWER = 7
MAX_POWER = 9
BINDING_POWER = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("==", "!=", "<>", "between", "!between", *LIST_OPERATORS), 3),
    **dict.fromkeys(("<", ">", "<=", ">="), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
    **dict.fromkeys(_TEXT_OPERATORS, TEXT_OPERATOR_POWER),
}
"""How tightly each binary operator binds; text operators bind more tightly than arithmetic."""

NON_ASSOCIATIVE_POWERS = frozenset((3, 4))
"""`a == b == c` is refused: equality and order take two operands."""
