"""Values as Bicep source: objects, arrays, strings with their escapes, texts of several lines.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types
"""

from __future__ import annotations

import re
from typing import Any

from provisioner.render.source_expression import SourceExpression

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INDENT = "  "
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def bicep_value(value: Any, level: int = 0) -> str:
    """A JSON value as Bicep, its inner lines indented by `level` steps and one more."""
    if isinstance(value, SourceExpression):
        return str(value)
    if isinstance(value, str):
        return bicep_string(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # Bicep has no fractions; json() gives a number of any kind.
        return f"json('{value!r}')"
    inner = _INDENT * (level + 1)
    if isinstance(value, list):
        lines = [f"{inner}{bicep_value(item, level + 1)}" for item in value]
        return "[\n" + "\n".join(lines) + f"\n{_INDENT * level}]" if lines else "[]"
    lines = [f"{inner}{bicep_key(key)}: {bicep_value(item, level + 1)}" for key, item in value.items()]
    return "{\n" + "\n".join(lines) + f"\n{_INDENT * level}}}" if lines else "{}"


def bicep_key(name: str) -> str:
    """The name of a property: bare where it is an identifier."""
    return name if _IDENTIFIER.fullmatch(name) else bicep_string(name, one_line=True)


def bicep_string(text: str, *, one_line: bool = False) -> str:
    """A string literal; a text of several lines stands between three quotes, as it is written."""
    # Between three quotes nothing is escaped: what would end the literal, or a carriage return, needs the other form.
    if "\n" in text and not one_line and "'''" not in text and not text.endswith("'") and "\r" not in text:
        # The line break behind the opening quotes is no part of the text.
        return f"'''\n{text}'''"
    return "'" + "".join(_escaped(letter) for letter in text).replace("${", "\\${") + "'"


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    return letter if letter.isprintable() else f"\\u{{{ord(letter):x}}}"
