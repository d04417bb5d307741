"""What a fix writes in the place of a call that the transform language does not take."""

from __future__ import annotations

import re
from collections.abc import Sequence

from provisioner.diagnostics import Edit, Fix
from provisioner.kql.ir.bound_expression import BoundExpression
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.scalar_types import CAST_FUNCTIONS, UNKNOWN, WHOLE_NUMBERS

_PLACEHOLDER = re.compile(r"\{(\d)\}")
_REGEX_SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$])")


def rewrite_fix(text: str, node: tree.Call, rewrite: str) -> Fix | None:
    """The fix that writes a call as `rewrite` says: another name, or a text with the arguments by number.

    None where the call has labels, or other arguments than the text names.
    """
    if rewrite.isidentifier():
        return Fix(f"write {rewrite}", (Edit(node.name_span, rewrite),))
    positions = [int(position) for position in _PLACEHOLDER.findall(rewrite)]
    if any(node.labels) or sorted(positions) != list(range(len(node.arguments))):
        return None
    arguments = _argument_texts(text, node.arguments)
    written = _PLACEHOLDER.sub(lambda match: arguments[int(match[1])], rewrite)
    return Fix(f"write {written}", (Edit(node.span, written),))


def coalesce_fix(text: str, node: tree.Call, arguments: Sequence[BoundExpression], type_name: str) -> Fix | None:
    """The fix that writes `coalesce(a, b, …)`, whose value is of a type, with iif() or case()."""
    cast = CAST_FUNCTIONS.get(type_name)
    if any(node.labels) or cast is None or UNKNOWN in (type_name, *(argument.type for argument in arguments)):
        return None
    # a string is never null: coalesce passes over the empty one
    test = "isnotempty" if type_name == "string" else "isnotnull"
    texts = _argument_texts(text, node.arguments)
    # whole numbers of two widths may stand beside each other, any other type is cast
    values = [
        piece if argument.type == type_name or {argument.type, type_name} <= WHOLE_NUMBERS else f"{cast}({piece})"
        for piece, argument in zip(texts, arguments, strict=True)
    ]
    branches = ", ".join(f"{test}({piece}), {value}" for piece, value in zip(texts[:-1], values[:-1], strict=True))
    written = f"{'iif' if len(values) == 2 else 'case'}({branches}, {values[-1]})"
    return Fix(f"write {written}", (Edit(node.span, written),))


def replace_string_fix(text: str, node: tree.Call) -> Fix | None:
    """The fix that writes `replace_string(text, lookup, rewrite)` as `replace(regex, rewrite, text)`.

    None where the lookup or the rewrite is no literal: what is special in a regular expression has to be escaped.
    """
    if len(node.arguments) != 3 or any(node.labels):
        return None
    subject, lookup, replacement = node.arguments
    literals = [str(part.value) for part in (lookup, replacement) if isinstance(part, tree.Literal)]
    if len(literals) != 2 or not literals[0] or not (_is_text(lookup) and _is_text(replacement)):
        return None
    pattern = _quote(_REGEX_SPECIAL.sub(r"\\\1", literals[0]))
    rewrite = _quote(literals[1].replace("\\", "\\\\"))
    written = f"replace({pattern}, {rewrite}, {_argument_texts(text, [subject])[0]})"
    return Fix(f"write {written}", (Edit(node.span, written),))


def _is_text(node: tree.Expression) -> bool:
    return isinstance(node, tree.Literal) and node.type == "string"


def _argument_texts(text: str, arguments: Sequence[tree.Expression]) -> list[str]:
    # a comma never stands outside of brackets in an argument, so its text needs none
    return [text[argument.start : argument.end] for argument in arguments]


def _quote(value: str) -> str:
    """A string literal of the language."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    for character, escape in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(character, escape)
    return f"'{escaped}'"
