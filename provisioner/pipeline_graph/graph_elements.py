"""The nodes and edges of a pipeline as values, and the walks over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from provisioner.diagnostics import Place

NodeType = Literal[
    "sender", "grant", "endpoint", "dcr", "stream", "flow", "expression", "column", "table", "workspace", "group"
]
LAYERS: Mapping[str, int] = {
    "sender": 0,
    "grant": 1,
    "endpoint": 1,
    "dcr": 2,
    "stream": 3,
    "group": 3,
    "stream_column": 4,
    "flow": 5,
    "expression": 5,
    "column": 6,
    "table": 7,
    "workspace": 8,
}
"""The layer of each type in a picture, from who sends to where rows are stored; streams have columns too."""


@dataclass(frozen=True, slots=True)
class Node:
    """One box of the picture.

    `id` is `type/name`; `label` is what people read, a line each; `place` is where the manifest declares it. `errors`
    and `warnings` count the findings of the checks about it, `drift` says how it differs from Azure. `layer` is set
    where it is not that of the type. `count` is how many nodes a group stands for.
    """

    id: str
    type: NodeType
    label: str
    place: Place | None = None
    errors: int = 0
    warnings: int = 0
    drift: str | None = None
    layer: float | None = None
    count: int = 1

    @property
    def name(self) -> str:
        """The id without its type."""
        return self.id.partition("/")[2]

    @property
    def column_of_picture(self) -> float:
        """The layer in which it is drawn."""
        return LAYERS[self.type] if self.layer is None else self.layer

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "graph json"."""
        return {
            "id": self.id,
            "type": self.type,
            "label": self.label,
            "file": self.place.file if self.place else None,
            "line": self.place.line if self.place else None,
            "errors": self.errors,
            "warnings": self.warnings,
            "drift": self.drift,
            "count": self.count,
        }


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """An arrow from the node `source` to the node `target` (ids).

    `kind`: holds (a sender, a grant), allows (a grant, a DCR), sends (a sender, an endpoint), receives (an endpoint,
    a DCR), has (a DCR, a stream; a stream or a table, a column), reads, filters, writes, stores.
    """

    source: str
    target: str
    kind: str

    def json(self) -> dict[str, Any]:
        """The public shape."""
        return {"from": self.source, "to": self.target, "kind": self.kind}


@dataclass(frozen=True)
class PipelineGraph:
    """Nodes in the order of the manifest, and the edges between them; `title` says what is shown."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    title: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}

    def json(self) -> dict[str, Any]:
        """The public shape."""
        return {"nodes": [node.json() for node in self.nodes], "edges": [edge.json() for edge in self.edges]}

    def part(self, ids: Iterable[str], title: str | None = None) -> PipelineGraph:
        """The nodes with these ids, and the edges between them."""
        kept = set(ids)
        return PipelineGraph(
            tuple(node for node in self.nodes if node.id in kept),
            tuple(edge for edge in self.edges if edge.source in kept and edge.target in kept),
            self.title if title is None else title,
        )

    def ancestors(self, ids: Iterable[str]) -> set[str]:
        """These ids, and those of all nodes that lead to them."""
        return self._walk(ids, self._sources)

    def descendants(self, ids: Iterable[str]) -> set[str]:
        """These ids, and those of all nodes that they lead to."""
        return self._walk(ids, self._targets)

    @cached_property
    def _targets(self) -> Mapping[str, list[str]]:
        return _adjacency((edge.source, edge.target) for edge in self.edges)

    @cached_property
    def _sources(self) -> Mapping[str, list[str]]:
        return _adjacency((edge.target, edge.source) for edge in self.edges)

    @staticmethod
    def _walk(starts: Iterable[str], neighbours: Mapping[str, list[str]]) -> set[str]:
        # A stack, not a recursion, and each node once: a picture may have thousands.
        visited: set[str] = set()
        waiting = list(starts)
        while waiting:
            node = waiting.pop()
            if node not in visited:
                visited.add(node)
                waiting.extend(neighbours.get(node, ()))
        return visited


def _adjacency(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    neighbours: dict[str, list[str]] = {}
    for source, target in pairs:
        neighbours.setdefault(source, []).append(target)
    return neighbours
