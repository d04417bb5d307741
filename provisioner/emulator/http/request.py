"""One request as the handlers see it, free of any HTTP library; and the world that they act on."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from provisioner.emulator.clock import Clock
    from provisioner.emulator.entra.tokens import Tokens
    from provisioner.emulator.faults import Faults
    from provisioner.emulator.http.response import Answer
    from provisioner.emulator.server_identity import Identity
    from provisioner.emulator.store import Store

INFLATED_LIMIT = 50 * 1024 * 1024
"""Bytes that a compressed body may grow to; seen in open-telemetry/otel-arrow PR 2535."""


@dataclass(slots=True)
class World:
    """Everything that lives as long as the server."""

    store: Store
    clock: Clock
    identity: Identity
    tokens: Tokens
    faults: Faults
    version: str
    dispatch: Callable[[Call], Answer]
    requests: dict[str, int] = field(default_factory=dict)
    memory: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: the application and its object id in the tenant."""

    object_id: str
    client_id: str


@dataclass(slots=True)
class Call:
    """A request: its parts decoded, the names in its path in `names`, and who sent it."""

    world: World
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    content: bytes
    base: str
    names: dict[str, str] = field(default_factory=dict)
    principal: Principal = Principal("", "")
    api_version: str = ""

    def inflate(self) -> bytes:
        """The body, decompressed where it says so; a bomb is refused before it has grown."""
        encoding = self.headers.get("Content-Encoding", "identity").lower()
        if encoding in {"", "identity"}:
            return self.content
        if encoding not in {"gzip", "deflate"}:
            raise Refusal(415, "UnsupportedMediaType", f"Content-Encoding '{encoding}' is not supported; use gzip.")
        return _inflate(self.content)

    def json(self) -> Any:
        """The body parsed; InvalidRequestContent where it is not JSON."""
        try:
            return strict_json(self.inflate())
        except (ValueError, RecursionError) as error:
            message = f"The request content was invalid and could not be deserialized: '{error}'."
            raise Refusal(400, "InvalidRequestContent", message) from error

    def object(self) -> dict[str, Any]:
        """The body parsed, as an object."""
        body = self.json()
        if not isinstance(body, dict):
            message = "The request content was invalid and could not be deserialized: 'a JSON object is expected'."
            raise Refusal(400, "InvalidRequestContent", message)
        return body

    @property
    def scope(self) -> str:
        """The group or subscription that the path names."""
        root = f"/subscriptions/{self.names['subscription']}"
        return f"{root}/resourceGroups/{self.names['group']}" if "group" in self.names else root


def strict_json(content: bytes) -> Any:
    """JSON as it is defined: without the NaN and Infinity that Python's parser lets through; raises ValueError."""

    def refuse(word: str) -> Any:
        raise ValueError(f"'{word}' is no JSON")

    return json.loads(content, parse_constant=refuse)


def _inflate(content: bytes) -> bytes:
    machine = zlib.decompressobj(wbits=47)  # gzip or zlib, whichever the header says
    try:
        inflated = machine.decompress(content, INFLATED_LIMIT + 1)
        complete = machine.eof
    except zlib.error as error:
        raise Refusal(400, "InvalidRequestContent", f"The body is not valid gzip: {error}.") from error
    if len(inflated) > INFLATED_LIMIT:
        raise Refusal(413, "PayloadSizeLimitExceeded", f"Maximum allowed payload size: {INFLATED_LIMIT} bytes (50 MB).")
    if not complete:
        raise Refusal(400, "InvalidRequestContent", "The body is not valid gzip: it ends too early.")
    return inflated
