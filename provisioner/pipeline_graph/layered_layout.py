"""Where each box of a picture stands: layers from left to right, ordered by grandalf so that few lines cross."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.pipeline_graph.graph_elements import Edge, Node, PipelineGraph

CHARACTER_WIDTH = 7.2
"""Pixels that a character of the label takes at most, in the font of pictures."""
LINE_HEIGHT = 16
_PADDING = 12
_LAYER_GAP = 64
ROW_GAP = 14
_MIN_WIDTH = 90
_MAX_WIDTH = 300


@dataclass(frozen=True, slots=True)
class Box:
    """A node in its place: the upper left corner and the size, in pixels."""

    node: Node
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by the ids of their nodes, the edges between them, and the size of the whole."""

    boxes: dict[str, Box]
    edges: tuple[Edge, ...]
    width: float
    height: float


def layered_layout(graph: PipelineGraph) -> Layout:
    """The place of each node. No two boxes overlap; the same picture gives the same layout."""
    sizes = {node.id: _size(node) for node in graph.nodes}
    # Imported late: what prints a report loads this room's views, and most do not draw.
    from provisioner.pipeline_graph.layer_order import vertical_centres

    centres = vertical_centres(graph, {identifier: height for identifier, (_, height) in sizes.items()}, ROW_GAP)
    layers: dict[float, list[Node]] = {}
    for node in graph.nodes:
        layers.setdefault(node.column_of_picture, []).append(node)
    boxes: dict[str, Box] = {}
    left = float(_PADDING)
    for _, nodes in sorted(layers.items()):
        width = max(sizes[node.id][0] for node in nodes)
        for node, top in _without_overlap(nodes, centres, sizes):
            boxes[node.id] = Box(node, left, top, width, sizes[node.id][1])
        left += width + _LAYER_GAP
    return _moved_to_origin(boxes, graph.edges, left - _LAYER_GAP + _PADDING)


def _size(node: Node) -> tuple[float, float]:
    lines = node.label.split("\n")
    width = max(len(line) for line in lines) * CHARACTER_WIDTH + 2 * _PADDING
    return min(max(width, _MIN_WIDTH), _MAX_WIDTH), len(lines) * LINE_HEIGHT + _PADDING


def _without_overlap(
    nodes: list[Node], centres: dict[str, float], sizes: dict[str, tuple[float, float]]
) -> list[tuple[Node, float]]:
    """The nodes of one layer with their upper ends, moved apart where they would overlap."""
    # Our layers are those of types: nodes that grandalf had in different ones may meet in one of ours.
    ordered = sorted(nodes, key=lambda node: (centres[node.id], node.id))
    placed: list[tuple[Node, float]] = []
    free_from = float("-inf")
    for node in ordered:
        height = sizes[node.id][1]
        top = max(centres[node.id] - height / 2, free_from)
        placed.append((node, top))
        free_from = top + height + ROW_GAP
    # What was pushed down is moved back by half, so that a layer stays in the middle of what it is connected with.
    pushed = [top - (centres[node.id] - sizes[node.id][1] / 2) for node, top in placed]
    shift = sum(pushed) / len(pushed) / 2
    return [(node, top - shift) for node, top in placed]


def _moved_to_origin(boxes: dict[str, Box], edges: tuple[Edge, ...], width: float) -> Layout:
    if not boxes:
        return Layout({}, (), 2 * _PADDING, 2 * _PADDING)
    top = min(box.y for box in boxes.values()) - _PADDING
    moved = {
        identifier: Box(box.node, round(box.x, 1), round(box.y - top, 1), box.width, box.height)
        for identifier, box in boxes.items()
    }
    height = max(box.y + box.height for box in moved.values()) + _PADDING
    return Layout(moved, edges, round(width, 1), round(height, 1))
