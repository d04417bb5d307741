"""Values as Terraform source: objects, lists, strings with their escapes, texts of several lines.

Source: https://developer.hashicorp.com/terraform/language/expressions/strings
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from provisioner.render.source_expression import SourceExpression

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INDENT = "  "
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def terraform_value(value: Any, level: int = 0) -> str:
    """A JSON value as Terraform, its inner lines indented by `level` steps and one more."""
    if isinstance(value, SourceExpression):
        return str(value)
    if isinstance(value, str):
        return terraform_string(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, (int, float)):
        return repr(value)
    inner = _INDENT * (level + 1)
    if isinstance(value, list):
        lines = [f"{inner}{_list_item(item, level + 1)}," for item in value]
        return "[\n" + "\n".join(lines) + f"\n{_INDENT * level}]" if lines else "[]"
    return f"{{\n{attributes(value, level + 1)}\n{_INDENT * level}}}" if value else "{}"


def attributes(members: Mapping[str, Any], level: int) -> str:
    """The lines of an object or a block: values of neighbouring lines are aligned, as `terraform fmt` does."""
    printed = [(terraform_key(name), terraform_value(value, level)) for name, value in members.items()]
    lines: list[str] = []
    for _, group in groupby(printed, key=lambda attribute: "\n" in attribute[1]):
        neighbours = [*group]
        width = 0 if "\n" in neighbours[0][1] else max(len(name) for name, _ in neighbours)
        lines += [f"{_INDENT * level}{name:<{width}} = {value}" for name, value in neighbours]
    return "\n".join(lines)


def _list_item(value: Any, level: int) -> str:
    # No comma may stand behind the word that closes a heredoc.
    is_text = isinstance(value, str) and not isinstance(value, SourceExpression)
    return terraform_string(value, one_line=True) if is_text else terraform_value(value, level)


def terraform_key(name: str) -> str:
    """The name of an attribute of an object: bare where it is an identifier."""
    return name if _IDENTIFIER.fullmatch(name) else terraform_string(name, one_line=True)


def terraform_string(text: str, *, one_line: bool = False) -> str:
    """A string; a text of several lines stands as a heredoc, as it is written."""
    if "\n" in text and not one_line and "\r" not in text and "KQL" not in {line.strip() for line in text.split("\n")}:
        body = _without_templates(text)
        # A heredoc ends with a line break always.
        return f"<<KQL\n{body}KQL" if text.endswith("\n") else f"chomp(<<KQL\n{body}\nKQL\n)"
    return '"' + _without_templates("".join(_escaped(letter) for letter in text)) + '"'


def _without_templates(text: str) -> str:
    """The text with its `${` and `%{` written so that they mean themselves."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
