"""The literal inside `dynamic(…)`: JSON in which Kusto's own literals may stand too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.kql import values
from provisioner.kql.syntax import literals
from provisioner.kql.syntax.lexer import unquote_string

if TYPE_CHECKING:
    from provisioner.kql.syntax.token_cursor import TokenCursor

_NAMED_VALUES = {"null": None, "true": True, "false": False, "NaN": float("nan"), "Infinity": float("inf")}


def parse_dynamic_value(cursor: TokenCursor) -> values.Value:
    """The value that begins at the cursor, which is moved behind it.

    Raises UnreadableSyntax where there is none, InvalidLiteral for a literal that is no value of its type.
    """
    token = cursor.token
    if token.text == "{" and token.kind == "op":
        return _parse_bag(cursor)
    if token.text == "[" and token.kind == "op":
        return _parse_array(cursor)
    if token.kind == "string":
        return unquote_string(cursor.advance().text)
    if token.text in ("-", "+") and token.kind == "op":
        cursor.advance()
        value = parse_dynamic_value(cursor)
        return -value if token.text == "-" and isinstance(value, (int, float)) else value
    if token.kind in ("long", "real", "hex", "span"):
        cursor.advance()
        kind, value = literals.read_number(token.kind, token.text)
        return values.wrap_dynamic(value, kind)
    if token.kind == "typed":
        cursor.advance()
        kind, value = literals.read_typed_literal(token.text)
        return values.wrap_dynamic(value, kind)
    if token.kind == "name" and token.text in _NAMED_VALUES:
        cursor.advance()
        return _NAMED_VALUES[token.text]
    if token.kind == "name" and token.text == "dynamic":  # dynamic() may stand inside of dynamic()
        cursor.advance()
        cursor.expect("(")
        with cursor.nested_bracket():
            value = parse_dynamic_value(cursor)
        cursor.expect(")")
        return value
    raise cursor.syntax_error(
        f"a JSON value is missing before {cursor.describe_token()}", "dynamic() holds a literal, no expression"
    )


def _parse_bag(cursor: TokenCursor) -> dict[str, values.Value]:
    cursor.advance()
    bag: dict[str, values.Value] = {}
    with cursor.nested_bracket():
        while not cursor.at("}"):
            token = cursor.token
            if token.kind not in ("string", "name"):
                raise cursor.syntax_error(f"a key is missing before {cursor.describe_token()}")
            cursor.advance()
            cursor.expect(":")
            bag[unquote_string(token.text) if token.kind == "string" else token.text] = parse_dynamic_value(cursor)
            if not cursor.accept(","):
                break
        cursor.expect("}")
    return bag


def _parse_array(cursor: TokenCursor) -> list[values.Value]:
    cursor.advance()
    array: list[values.Value] = []
    with cursor.nested_bracket():
        while not cursor.at("]"):
            array.append(parse_dynamic_value(cursor))
            if not cursor.accept(","):
                break
        cursor.expect("]")
    return array
