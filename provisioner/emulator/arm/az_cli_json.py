"""JSON as `az deployment` sends it: with comments, a bare key before the template, line breaks in texts."""

from __future__ import annotations

import json
import re
from typing import Any

from provisioner.emulator.http.response import Refusal

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/|(?<=[{,\s])[A-Za-z_]\w*(?=\s*:)|,(?=\s*[}\]])', re.DOTALL)


def parse(content: bytes) -> dict[str, Any]:
    """The object that a body means; raises Refusal InvalidRequestContent."""
    try:
        text = content.decode("utf-8-sig")
        document = _strict(text) if _fits(text) else _strict(_PIECE.sub(_clean, text))
    except (ValueError, RecursionError) as error:
        message = f"The request content was invalid and could not be deserialized: '{error}'."
        raise Refusal(400, "InvalidRequestContent", message) from error
    if not isinstance(document, dict):
        raise Refusal(400, "InvalidRequestContent", "The request content was invalid: a JSON object is expected.")
    return document


def _fits(text: str) -> bool:
    try:
        json.loads(text, strict=False)
    except ValueError:
        return False
    return True


def _strict(text: str) -> Any:
    return json.loads(text, strict=False)


def _clean(found: re.Match[str]) -> str:
    piece = found[0]
    if piece.startswith('"'):
        return piece
    return "" if piece.startswith(("/", ",")) else f'"{piece}"'
