"""One request as the handlers see it, free of any HTTP library."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.emulator.state import EmulatorState

INGESTION_BODY_LIMIT = 1_048_576
"""Bytes of an ingestion call as sent; the official client's chunks inflate beyond it: that size has its own limit."""

MANAGEMENT_BODY_LIMIT = 4 * 1024 * 1024 + 256 * 1024
"""Bytes of any other body: ARM takes templates of 4 MB."""

DECOMPRESSED_LIMIT = 50 * 1024 * 1024
"""Bytes that a compressed body may grow to; seen in open-telemetry/otel-arrow PR 2535."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: the application and its object id in the tenant; both empty before the token is checked.

    `roles` are the permissions in its token, which Microsoft Graph asks for.
    """

    object_id: str
    client_id: str
    roles: tuple[str, ...] = ()


@dataclass(slots=True)
class Request:
    """A request with its parts decoded.

    `query` has lower-case names, `content` is the body as sent, `base_url` this server's address as the caller wrote
    it, `path_params` the values that the route's pattern names, `principal` who sent it.
    """

    state: EmulatorState
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    content: bytes
    base_url: str
    path_params: dict[str, str] = field(default_factory=dict)
    principal: Principal = Principal("", "")
    api_version: str = ""

    def decompressed_content(self) -> bytes:
        """The body, decompressed where Content-Encoding says so.

        Raises ApiError 415 for another encoding, 413 beyond DECOMPRESSED_LIMIT and 400 for a damaged body.
        """
        return decompress(self.content, self.headers.get("Content-Encoding", "identity"))

    def parse_json(self) -> Any:
        """The body parsed; raises ApiError 400 InvalidRequestContent where it is not JSON."""
        try:
            return parse_strict_json(self.decompressed_content())
        except (ValueError, RecursionError) as error:
            message = f"The request content was invalid and could not be deserialized: '{error}'."
            raise ApiError(400, "InvalidRequestContent", message) from error

    def parse_json_object(self) -> dict[str, Any]:
        """The body parsed as an object; raises ApiError 400 InvalidRequestContent where it is none."""
        body = self.parse_json()
        if not isinstance(body, dict):
            message = "The request content was invalid and could not be deserialized: 'a JSON object is expected'."
            raise ApiError(400, "InvalidRequestContent", message)
        return body

    @property
    def scope(self) -> str:
        """The id of the resource group that the path names, or of the subscription where it names no group."""
        root = f"/subscriptions/{self.path_params['subscription']}"
        return f"{root}/resourceGroups/{self.path_params['group']}" if "group" in self.path_params else root


def own_request(request: Request, method: str, path: str, api_version: str, content: bytes = b"") -> Request:
    """A request that the emulator sends itself on behalf of the caller of another, such as a deployment's step."""
    query = {"api-version": api_version}
    return replace(
        request,
        method=method,
        path=path,
        query=query,
        headers={},
        content=content,
        path_params={},
        api_version=api_version,
    )


def parse_strict_json(content: bytes) -> Any:
    """JSON as it is defined: without the NaN and Infinity that Python's parser lets through; raises ValueError."""

    def refuse_constant(constant: str) -> Any:
        raise ValueError(f"'{constant}' is no JSON")

    return json.loads(content, parse_constant=refuse_constant)


def body_too_long(is_ingestion: bool, size: int) -> ApiError:
    """413 for a body of `size` bytes; the ingestion service has its own code and words."""
    if is_ingestion:
        message = (
            f"Maximum allowed content length: {INGESTION_BODY_LIMIT} bytes (1 MB). "
            f"Provided content length: {size} bytes."
        )
        return ApiError(413, "ContentLengthLimitExceeded", message)
    message = f"The request content size exceeds the maximum size of {MANAGEMENT_BODY_LIMIT} bytes."
    return ApiError(413, "RequestContentTooLarge", message)


def decompress(content: bytes, encoding: str) -> bytes:
    """Content, out of the encoding that a Content-Encoding header names.

    Raises ApiError 415 for another encoding, 413 beyond DECOMPRESSED_LIMIT and 400 for damaged content.
    """
    encoding = encoding.lower()
    if encoding in {"", "identity"}:
        return content
    if encoding not in {"gzip", "deflate"}:
        raise ApiError(415, "UnsupportedMediaType", f"Content-Encoding '{encoding}' is not supported; use gzip.")
    return _inflate(content)


def _inflate(content: bytes) -> bytes:
    decompressor = zlib.decompressobj(wbits=47)  # 47: gzip or zlib, whichever the header says
    try:
        # One byte more than allowed is enough to know; a bomb never grows further.
        inflated = decompressor.decompress(content, DECOMPRESSED_LIMIT + 1)
        complete = decompressor.eof
    except zlib.error as error:
        raise ApiError(400, "InvalidRequestContent", f"The body is not valid gzip: {error}.") from error
    if len(inflated) > DECOMPRESSED_LIMIT:
        message = f"Maximum allowed payload size: {DECOMPRESSED_LIMIT} bytes (50 MB)."
        raise ApiError(413, "PayloadSizeLimitExceeded", message)
    if not complete:
        raise ApiError(400, "InvalidRequestContent", "The body is not valid gzip: it ends too early.")
    return inflated
