"""From a refusal's position inside a body to the stream, the table and the manifest's line that it is about."""

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

_FLOW = re.compile(r"dataflows\[(\d+)\]", re.IGNORECASE)
_POSITION = re.compile(r"\bat (\d+):(\d+)")
_QUOTED = re.compile(r"'([A-Za-z_]\w*)'")


@dataclass(frozen=True, slots=True)
class Blame:
    """One inner error of Azure, and whose flow it means."""

    code: str
    message: str
    stream: str
    output: str
    query: str
    place: Place | None = None

    @property
    def span(self) -> Span | None:
        """The characters of the query that the message names: by line and column, or by the word it quotes."""
        position = _POSITION.search(self.message)
        if position:
            lines = self.query.splitlines(keepends=True)
            line, column = int(position[1]), int(position[2])
            if line <= len(lines) and column <= len(lines[line - 1]):
                start = sum(map(len, lines[: line - 1])) + max(column - 1, 0)
                return Span(start, start + 1)
        for word in _QUOTED.findall(self.message):
            found = re.search(rf"\b{word}\b", self.query)
            if found:
                return Span(*found.span())
        return None

    def json(self) -> dict[str, Any]:
        """As data; file and line as elsewhere in the public shapes."""
        return {
            "code": self.code,
            "message": self.message,
            "stream": self.stream,
            "output": self.output,
            "file": self.place.file if self.place else None,
            "line": self.place.line if self.place else None,
            "column": self.place.column if self.place else None,
        }


Locate = Callable[[Blame], Place | None]


def blames(error: CloudError, sent: Body) -> Iterator[Blame]:
    """The inner errors that point into a flow of the body that was sent."""
    flows = (sent.get("properties") or {}).get("dataFlows") or []
    for code, message, target in error.details:
        found = _FLOW.search(target or "") or _FLOW.search(message)
        if found and int(found[1]) < len(flows):
            flow = flows[int(found[1])]
            streams = flow.get("streams") or [""]
            output = str(flow.get("outputStream") or streams[0])
            yield Blame(code, message, str(streams[0]), output, str(flow.get("transformKql") or "source"))


def locator(manifest: Manifest, place: Callable[..., Place]) -> Locate:
    """Finds the manifest's place of a blame; `place` is the document's."""

    def locate(blame: Blame) -> Place | None:
        for key, stream in manifest.streams.items():
            for number, flow in enumerate(stream.flows):
                if stream.name == blame.stream and blame.output.partition("-")[2] == flow.table:
                    path = ("streams", key, *(("flows", number) if len(stream.flows) > 1 else ()), "transform")
                    return place(path, span=blame.span if flow.transform == blame.query else None)
        return None

    return locate
