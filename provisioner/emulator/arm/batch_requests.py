"""Several requests in one, as the portal and inventory tools send them: no page of Azure's documents it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from provisioner.emulator.arm.resource_envelope import BASE_URL_PLACEHOLDER
from provisioner.emulator.azure_facts import batch_request_facts
from provisioner.emulator.http.response import ApiError, Response

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request


def post(request: Request) -> Response:
    """Answer each of the requests in the body as if it had come alone; their statuses are inside the answer."""
    requests = request.parse_json_object().get("requests")
    most = batch_request_facts()["most"]
    if not isinstance(requests, list) or not all(isinstance(part, dict) for part in requests):
        raise ApiError(400, "InvalidRequestContent", "The request content was invalid: 'requests' is a list.")
    if not 0 < len(requests) <= most:
        message = f"The batch has {len(requests)} requests; 1 to {most} are taken."
        raise ApiError(400, "InvalidBatchRequest", message)
    return Response(200, {"responses": [_answer(request, part) for part in requests]})


def _answer(request: Request, part: dict[str, Any]) -> dict[str, Any]:
    url = urlsplit(str(part.get("relativeUrl") or part.get("url") or ""))
    query = {name.lower(): value for name, value in parse_qsl(url.query)}
    content = json.dumps(part["content"]).encode() if part.get("content") is not None else b""
    inner = replace(
        request,
        method=str(part.get("httpMethod", "GET")).upper(),
        path=url.path,
        query=query,
        headers={},
        content=content,
        path_params={},
        api_version=query.get("api-version", ""),
    )
    response = request.state.application.dispatch(inner)
    body: Any = response.body
    if isinstance(body, str):
        body = json.loads(body.replace(BASE_URL_PLACEHOLDER, request.base_url))
    name = {"name": part["name"]} if "name" in part else {}
    return {**name, "httpStatusCode": response.status, "headers": dict(response.headers), "content": body}
