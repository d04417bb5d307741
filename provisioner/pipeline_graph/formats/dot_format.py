"""DOT, the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.pipeline_graph.graph_elements import NodeType, PipelineGraph
from provisioner.reports.report_format import report_format

_SHAPES: dict[NodeType, str] = {
    "sender": "ellipse",
    "grant": "hexagon",
    "endpoint": "ellipse",
    "flow": "note",
    "expression": "note",
    "table": "cylinder",
    "workspace": "cylinder",
    "group": "box3d",
}
_DASHED = frozenset(("holds", "allows", "filters"))


@report_format("dot", view="picture", position=1)
def dot_format(graph: PipelineGraph) -> str:
    """DOT, for Graphviz and the tools that read it."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: PipelineGraph) -> Iterator[str]:
    yield "digraph pipeline {"
    yield f"  graph [rankdir=LR, label={_quoted(graph.title)}];"
    yield '  node [shape=box, fontname="sans-serif"];'
    for node in graph.nodes:
        attributes = [f"label={_quoted(node.label)}"]
        if node.type in _SHAPES:
            attributes.append(f"shape={_SHAPES[node.type]}")
        if node.errors or node.warnings or node.drift:
            color = "#c62828" if node.errors else "#b26a00" if node.warnings else "#6a1b9a"
            attributes.append(f'color="{color}", penwidth=3')
        yield f"  {_quoted(node.id)} [{', '.join(attributes)}];"
    for edge in graph.edges:
        style = " [style=dashed]" if edge.kind in _DASHED else ""
        yield f"  {_quoted(edge.source)} -> {_quoted(edge.target)}{style};"
    yield "}"


def _quoted(text: str) -> str:
    """A quoted string, in which only the quote and the backslash mean something."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
