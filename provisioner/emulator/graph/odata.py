"""OData as Graph's clients write it: keys in paths, `$select`, `$filter` and lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provisioner.emulator.graph.graph_errors import bad_request
from provisioner.emulator.http.response import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from provisioner.emulator.http.request import Request

_KEYED = re.compile(r"(\w+)\((\w+)='((?:[^']|'')*)'\)")
_EQUALS = re.compile(r"(\w+)\s+eq\s+'((?:[^']|'')*)'")
_ANY = re.compile(r"(\w+)/any\(\s*(\w+)\s*:\s*\2\s+eq\s+'((?:[^']|'')*)'\s*\)")
_STARTS = re.compile(r"startswith\(\s*(\w+)\s*,\s*'((?:[^']|'')*)'\s*\)", re.IGNORECASE)


def split_segment(segment: str) -> tuple[str, str | None, str]:
    """`applications(appId='x')` → the collection, the name of the key and its value; the name is None without a key."""
    match = _KEYED.fullmatch(segment)
    return (match[1], match[2], _unquoted(match[3])) if match else (segment, None, "")


def list_objects(request: Request, context: str, objects: Iterable[dict[str, Any]]) -> Response:
    """A list in Graph's envelope, narrowed by `$filter` and `$select`."""
    matches = _condition(request)
    shown = [selected(request, one) for one in objects if matches(one)]
    return Response(200, {"@odata.context": context_url(request, context), "value": shown})


def selected(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    """The properties that `$select` names, all without one; what `$expand` brings stays."""
    names = [name.strip() for name in request.query.get("$select", "").split(",") if name.strip()]
    expanded = {name.strip() for name in request.query.get("$expand", "").split(",")}
    if not names:
        return body
    return {name: value for name, value in body.items() if name in names or name in expanded}


def context_url(request: Request, context: str) -> str:
    """The address that `@odata.context` names."""
    return f"{request.base_url}/v1.0/$metadata#{context}"


def _condition(request: Request) -> Callable[[dict[str, Any]], bool]:
    text = request.query.get("$filter", "").strip()
    if not text:
        return lambda _: True
    if (equals := _EQUALS.fullmatch(text)) is not None:
        name, value = equals[1], _unquoted(equals[2]).lower()
        return lambda body: str(body.get(name)).lower() == value
    if (has := _ANY.fullmatch(text)) is not None:
        list_name, item = has[1], _unquoted(has[3])
        return lambda body: item in (body.get(list_name) or ())
    if (starts := _STARTS.fullmatch(text)) is not None:
        text_name, start = starts[1], _unquoted(starts[2]).lower()
        return lambda body: str(body.get(text_name)).lower().startswith(start)
    raise bad_request(request, f"Invalid filter clause: the emulator does not know '{text}'.")


def _unquoted(text: str) -> str:
    return text.replace("''", "'")
