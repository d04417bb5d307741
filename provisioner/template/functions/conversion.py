"""Functions between texts and JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.json_text import read_json
from provisioner.template.json_values import text_of
from provisioner.template.template_errors import TemplateError

function = group("string")
_QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|\'([^\'\\]*(?:\\.[^\'\\]*)*)\'', re.DOTALL)


@function("string(value: any) -> string", composes=True, grows=True)
def string(value: Any) -> str:
    """A value as a text; arrays and objects as JSON."""
    return text_of(value)


@function("json(text: string) -> any", grows=True)
def json_(text: str) -> Any:
    """The value of a JSON text, which may quote with `'` as .NET's reader takes it; null of an empty text."""
    if not text.strip():
        return None
    # Nearly every text is proper JSON; quoting with apostrophes is what people write inside expressions.
    try:
        return read_json(text)
    except TemplateError:
        return _read_quoted(text)


def _read_quoted(text: str) -> Any:
    try:
        return read_json(_QUOTED.sub(_double_quoted, text))
    except TemplateError as error:
        if error.reason != "json":
            raise
        # The text itself may be a secret.
        raise CannotEvaluate("the text is no valid JSON") from None


def _double_quoted(match: re.Match[str]) -> str:
    return match[0] if match[1] is None else json.dumps(match[1].replace("\\'", "'"))
