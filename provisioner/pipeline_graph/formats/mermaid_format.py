"""Mermaid, which GitHub and GitLab draw where it stands in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.pipeline_graph.graph_elements import NodeType, PipelineGraph
from provisioner.reports.report_format import report_format

_SHAPES: dict[NodeType, tuple[str, str]] = {
    "sender": ("([", "])"),
    "grant": ("{{", "}}"),
    "endpoint": ("([", "])"),
    "flow": (">", "]"),
    "expression": (">", "]"),
    "table": ("[(", ")]"),
    "workspace": ("[(", ")]"),
    "group": ("[[", "]]"),
}
_BOX = ("[", "]")
# Colours that can be told apart in light and in dark pages; the stroke says it again to those who see no colours.
_CLASSES = {
    "error": "stroke:#c62828,stroke-width:3px",
    "warning": "stroke:#b26a00,stroke-width:3px,stroke-dasharray:6 3",
    "drift": "stroke:#6a1b9a,stroke-width:3px,stroke-dasharray:2 2",
}
_DASHED = frozenset(("holds", "allows", "filters"))
_PLAIN = frozenset(" -_.,:/()+=*%!?@'…")


@report_format("mermaid", view="picture", position=0)
def mermaid_format(graph: PipelineGraph) -> str:
    """Mermaid, which GitHub and GitLab draw where it stands in Markdown."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: PipelineGraph) -> Iterator[str]:
    yield "flowchart LR"
    # Ids of our own: a name may be a word of Mermaid's, such as `end`.
    numbers = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    for node in graph.nodes:
        before, after = _SHAPES.get(node.type, _BOX)
        yield f'  {numbers[node.id]}{before}"{_label(node.label)}"{after}'
    for edge in graph.edges:
        arrow = "-.->" if edge.kind in _DASHED else "-->"
        yield f"  {numbers[edge.source]} {arrow} {numbers[edge.target]}"
    marks = {
        "error": [numbers[node.id] for node in graph.nodes if node.errors],
        "warning": [numbers[node.id] for node in graph.nodes if node.warnings and not node.errors],
        "drift": [numbers[node.id] for node in graph.nodes if node.drift and not (node.errors or node.warnings)],
    }
    for name, marked in marks.items():
        if marked:
            yield f"  classDef {name} {_CLASSES[name]}"
            yield f"  class {','.join(marked)} {name}"


def _label(text: str) -> str:
    """A label in which every character that Mermaid or a page could act on is written as its number."""
    # Mermaid takes no label without a character; a space of any kind is none to it, unless written as a number.
    if not text.strip():
        return "#160;"
    return "<br/>".join(
        "".join(
            character if character.isalnum() or character in _PLAIN else f"#{ord(character)};" for character in line
        )
        for line in text.split("\n")
    )
