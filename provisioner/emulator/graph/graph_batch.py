"""`$batch`: up to 20 requests in one, each answered by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from provisioner.emulator.azure_facts import directory_batch_size
from provisioner.emulator.graph.graph_api import answer
from provisioner.emulator.graph.graph_errors import bad_request
from provisioner.emulator.http.response import ApiError, Response

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request


def answer_batch(request: Request) -> Response:
    """Answer each request of the body; raises ApiError 400 for a body that is no batch."""
    requests = request.parse_json_object().get("requests")
    if not isinstance(requests, list) or not all(_is_entry(one) for one in requests):
        raise bad_request(request, "Invalid batch payload format.")
    if len(requests) > directory_batch_size():
        raise bad_request(
            request, f"Number of batch request steps exceeds the maximum value of {directory_batch_size()}."
        )
    return Response(200, {"responses": [_answer_one(request, one) for one in requests]})


def _is_entry(one: Any) -> bool:
    return isinstance(one, dict) and all(isinstance(one.get(name), str) for name in ("id", "method", "url"))


def _answer_one(request: Request, one: dict[str, Any]) -> dict[str, Any]:
    # The addresses of a batch are relative to the version, with or without a slash before them.
    parts = urlsplit(one["url"])
    path = unquote(parts.path)
    step = replace(
        request,
        method=one["method"].upper(),
        path=f"/v1.0/{path.lstrip('/')}",
        query={name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)},
        headers=one["headers"] if isinstance(one.get("headers"), dict) else {},
        content=json.dumps(one["body"]).encode() if "body" in one else b"",
    )
    try:
        response = answer(step)
    except ApiError as error:
        response = error.to_response()
    body = {} if response.body is None else {"body": response.body}
    return {"id": one["id"], "status": response.status, "headers": {"Content-Type": "application/json"}, **body}
