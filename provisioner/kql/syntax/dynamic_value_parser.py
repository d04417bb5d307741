"""What stands inside `dynamic(…)`: JSON in which Kusto's own literals may stand too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.kql import values
from provisioner.kql.syntax import literals
from provisioner.kql.syntax.lexer import unquote

if TYPE_CHECKING:
    from provisioner.kql.syntax.token_cursor import Cursor

_WORDS = {"null": None, "true": True, "false": False, "NaN": float("nan"), "Infinity": float("inf")}


def dynamic_value(cursor: Cursor) -> Any:
    """The value at the cursor, which stands behind it afterwards."""
    token = cursor.token
    if token.text == "{" and token.kind == "op":
        return _bag(cursor)
    if token.text == "[" and token.kind == "op":
        return _array(cursor)
    if token.kind == "string":
        return unquote(cursor.advance().text)
    if token.text in ("-", "+") and token.kind == "op":
        cursor.advance()
        value = dynamic_value(cursor)
        return -value if token.text == "-" and isinstance(value, (int, float)) else value
    if token.kind in ("long", "real", "hex", "span"):
        cursor.advance()
        kind, value = literals.number(token.kind, token.text)
        return values.wrap_dynamic(value, kind)
    if token.kind == "typed":
        cursor.advance()
        kind, value = literals.typed(token.text)
        return values.wrap_dynamic(value, kind)
    if token.kind == "name" and token.text in _WORDS:
        cursor.advance()
        return _WORDS[token.text]
    if token.kind == "name" and token.text == "dynamic":
        cursor.advance()
        cursor.expect("(")
        with cursor.nested():
            value = dynamic_value(cursor)
        cursor.expect(")")
        return value
    raise cursor.stop(f"a JSON value is missing before {cursor.found()}", "dynamic() holds a literal, no expression")


def _bag(cursor: Cursor) -> dict[str, Any]:
    cursor.advance()
    bag: dict[str, Any] = {}
    with cursor.nested():
        while not cursor.at("}"):
            token = cursor.token
            if token.kind not in ("string", "name"):
                raise cursor.stop(f"a key is missing before {cursor.found()}")
            cursor.advance()
            cursor.expect(":")
            bag[unquote(token.text) if token.kind == "string" else token.text] = dynamic_value(cursor)
            if not cursor.accept(","):
                break
        cursor.expect("}")
    return bag


def _array(cursor: Cursor) -> list[Any]:
    cursor.advance()
    array: list[Any] = []
    with cursor.nested():
        while not cursor.at("]"):
            array.append(dynamic_value(cursor))
            if not cursor.accept(","):
                break
        cursor.expect("]")
    return array
