"""The order of the boxes in each layer, by grandalf's Sugiyama layout: few lines cross, and none is long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout

from provisioner.pipeline_graph.graph_elements import PipelineGraph

_SWEEPS = 2
"""Passes over the layers that reorder them; more take time and hardly remove a crossing from a pipeline."""


class _NumberedVertex(Vertex):  # type: ignore[misc]
    """A vertex whose hash is its number."""

    # grandalf walks through sets; with Python's own hashes, addresses, each run would draw another picture.
    def __init__(self, number: int, height: float) -> None:
        super().__init__(number)
        self.view = _View(height)

    def __hash__(self) -> int:
        return int(self.data)

    def __eq__(self, other: object) -> bool:
        return self is other


class _NumberedEdge(Edge):  # type: ignore[misc]
    """An edge whose hash is its number, for the same reason."""

    def __init__(self, number: int, source: Vertex, target: Vertex) -> None:
        super().__init__(source, target, data=number)

    def __hash__(self) -> int:
        return int(self.data)

    def __eq__(self, other: object) -> bool:
        return self is other


class _View:
    """What grandalf needs of a box, and where it writes the place. It draws downwards: its width is our height."""

    def __init__(self, height: float) -> None:
        self.w, self.h = height, 1.0
        self.xy = (0.0, 0.0)


def vertical_centres(graph: PipelineGraph, heights: Mapping[str, float], gap: float) -> dict[str, float]:
    """The centre of each node across the layers, by its id; connected parts stand one below the other."""
    vertices = {node.id: _NumberedVertex(number, heights[node.id]) for number, node in enumerate(graph.nodes)}
    edges = [
        _NumberedEdge(number, vertices[edge.source], vertices[edge.target]) for number, edge in enumerate(graph.edges)
    ]
    centres: dict[str, float] = {}
    top = 0.0
    for component in Graph(list(vertices.values()), edges).C:
        members = list(component.V())
        _place_component(component, members, gap)
        low = min(vertex.view.xy[0] - vertex.view.w / 2 for vertex in members)
        for vertex in members:
            centres[graph.nodes[vertex.data].id] = vertex.view.xy[0] - low + top
        top += max(vertex.view.xy[0] + vertex.view.w / 2 for vertex in members) - low + gap
    return centres


def _place_component(component: Any, members: list[Any], gap: float) -> None:
    # grandalf cannot lay out a single vertex.
    if len(members) > 1:
        layout = SugiyamaLayout(component)
        layout.xspace = gap
        layout.init_all()
        layout.draw(_SWEEPS)
