"""Functions that encode and decode texts."""

from __future__ import annotations

import base64 as codec
import binascii
from typing import Any
from urllib.parse import unquote

from provisioner.template.functions.conversion import json_
from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.json_values import text_of

function = group("string")
_JSON = "application/json"


@function("base64(text: string) -> string")
def base64(text: str) -> str:
    """The text's UTF-8 in base64."""
    return codec.b64encode(text.encode("utf-8", "surrogatepass")).decode()


@function("base64ToString(text: string) -> string")
def base64_to_string(text: str) -> str:
    """The text that a base64 text stands for."""
    try:
        # Without `validate` Python skips what is no base64 instead of refusing it.
        return codec.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise CannotEvaluate("the text is no valid base64") from None


@function("base64ToJson(text: string) -> any", grows=True)
def base64_to_json(text: str) -> Any:
    """The JSON value that a base64 text stands for."""
    return json_(base64_to_string(text))


@function("dataUri(value: any) -> string")
def data_uri(value: Any) -> str:
    """The text as a data URI; any other value as one of its JSON."""
    # Recorded by KingslandConsulting/Kingsland.ArmLinter, and the way back of JSON too.
    kind = "text/plain" if isinstance(value, str) else _JSON
    return f"data:{kind};charset=utf8;base64,{base64(text_of(value))}"


@function("dataUriToString(uri: string) -> any", grows=True)
def data_uri_to_string(uri: str) -> Any:
    """The text that a data URI holds; of JSON the value."""
    head, comma, content = uri.partition(",")
    if not comma or not head.lower().startswith("data:"):
        raise CannotEvaluate("the text is no data URI")
    text = base64_to_string(content) if head.lower().endswith(";base64") else unquote(content)
    is_json = head.lower().removeprefix("data:").split(";")[0] == _JSON
    return json_(text) if is_json else text
