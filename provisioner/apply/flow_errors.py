"""From a position that Azure's error gives inside a DCR's body to the stream and to the line of the manifest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Place, Span
from provisioner.errors import CloudError
from provisioner.resources import Body

if TYPE_CHECKING:
    from provisioner.model import Manifest

_FLOW_INDEX = re.compile(r"dataflows\[(\d+)\]", re.IGNORECASE)
# Azure's texts name a place in a transform as "at 1:12" (line and column from 1) or by a quoted identifier.
_POSITION = re.compile(r"\bat (\d+):(\d+)")
_NAME = re.compile(r"\w+")
_QUOTED = re.compile(r"'([A-Za-z_]\w*)'")


@dataclass(frozen=True, slots=True)
class FlowError:
    """One inner error of Azure that points into a data flow: its stream, output stream and query."""

    code: str
    message: str
    stream: str
    output: str
    query: str
    position: Place | None = None

    @property
    def span(self) -> Span | None:
        """The part of the query that the message names, by line and column or by an identifier that it quotes."""
        position = _POSITION.search(self.message)
        if position:
            lines = self.query.splitlines(keepends=True)
            line, column = int(position[1]), int(position[2])
            if line <= len(lines) and column <= len(lines[line - 1]):
                start = sum(map(len, lines[: line - 1])) + max(column - 1, 0)
                # The whole name that stands there: one character of it is hard to see in an editor.
                name = _NAME.match(self.query, start)
                return Span(start, name.end() if name else start + 1)
        for quoted in _QUOTED.findall(self.message):
            match = re.search(rf"\b{quoted}\b", self.query)
            if match:
                return Span(*match.span())
        return None

    def json(self) -> dict[str, Any]:
        """The error as JSON values, with file, line and column as in a diagnostic."""
        return {
            "code": self.code,
            "message": self.message,
            "stream": self.stream,
            "output": self.output,
            "file": self.position.file if self.position else None,
            "line": self.position.line if self.position else None,
            "column": self.position.column if self.position else None,
        }


ErrorLocator = Callable[[FlowError], Place | None]


def flow_errors(error: CloudError, body: Body) -> Iterator[FlowError]:
    """The inner errors that point into a flow of the sent body."""
    flows = (body.get("properties") or {}).get("dataFlows") or []
    for code, message, target in error.details:
        match = _FLOW_INDEX.search(target or "") or _FLOW_INDEX.search(message)
        if match and int(match[1]) < len(flows):
            flow = flows[int(match[1])]
            streams = flow.get("streams") or [""]
            output = str(flow.get("outputStream") or streams[0])
            yield FlowError(code, message, str(streams[0]), output, str(flow.get("transformKql") or "source"))


def error_locator(manifest: Manifest, position_of: Callable[..., Place]) -> ErrorLocator:
    """A function that finds the manifest's position of a flow error, or None; `position_of` is the document's."""

    def locate(flow_error: FlowError) -> Place | None:
        for stream in manifest.streams.values():
            for flow in stream.flows:
                if stream.name == flow_error.stream and flow_error.output.partition("-")[2] == flow.table:
                    span = flow_error.span if flow.transform == flow_error.query else None
                    return position_of((*flow.path, "transform"), span=span)
        return None

    return locate
