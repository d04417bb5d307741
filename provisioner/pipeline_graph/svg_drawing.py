"""A layout as SVG, in the colours of the reader's light or dark page; without a script, and with every text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from provisioner.pipeline_graph.graph_elements import Node, PipelineGraph
from provisioner.pipeline_graph.layered_layout import CHARACTER_WIDTH, LINE_HEIGHT, Box, Layout, layered_layout
from provisioner.text import plural

DRAWING_STYLE = """\
.box rect{fill:#fff;stroke:#57606a;stroke-width:1.2}
.box text{fill:#1f2328;font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.line{fill:none;stroke:#8c959f;stroke-width:1.2}
.dashed{stroke-dasharray:4 3}
.sender rect,.endpoint rect{fill:#eaf2ff;stroke:#0b5cad}
.grant rect{fill:#f3f4f6}
.dcr rect{fill:#efe9fb;stroke:#6639ba}
.stream rect{fill:#e6f4ea;stroke:#1a7f37}
.flow rect,.expression rect{fill:#fff8e1;stroke:#7d5d00}
.table rect,.workspace rect{fill:#e0f2f5;stroke:#0c6a7c}
.group rect{fill:#f3f4f6;stroke-width:2.5}
.box.error rect{stroke:#c62828;stroke-width:3}
.box.warning rect{stroke:#b26a00;stroke-width:3;stroke-dasharray:6 3}
.box.drift rect{stroke:#6a1b9a;stroke-width:3;stroke-dasharray:2 2}
@media (prefers-color-scheme:dark){
.box rect{fill:#161b22;stroke:#8b949e}
.box text{fill:#e6edf3}
.line{stroke:#6e7681}
.sender rect,.endpoint rect{fill:#0d2748;stroke:#58a6ff}
.grant rect,.group rect{fill:#21262d}
.dcr rect{fill:#271c45;stroke:#bc8cff}
.stream rect{fill:#0f2b1a;stroke:#3fb950}
.flow rect,.expression rect{fill:#2e2405;stroke:#d29922}
.table rect,.workspace rect{fill:#07282f;stroke:#39c5cf}
.box.error rect{stroke:#ff7b72}
.box.warning rect{stroke:#e3b341}
.box.drift rect{stroke:#d2a8ff}
}
"""
_DASHED = frozenset(("holds", "allows", "filters"))
_BEND = 28


def draw_svg(graph: PipelineGraph) -> str:
    """The whole drawing, as one `svg` element."""
    layout = layered_layout(graph)
    size = f'width="{layout.width}" height="{layout.height}" viewBox="0 0 {layout.width} {layout.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{_text(graph.title)}</title>",
        f"<style>{DRAWING_STYLE}</style>",
        *_lines(layout),
        *(_box(box) for box in layout.boxes.values()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _lines(layout: Layout) -> Iterator[str]:
    for edge in layout.edges:
        start, end = layout.boxes[edge.source], layout.boxes[edge.target]
        kind = "line dashed" if edge.kind in _DASHED else "line"
        yield f'<path class="{kind}" d="{line_path(start, end)}"/>'


def line_path(start: Box, end: Box) -> str:
    """The path of an edge: from the right side of a box to the left side of another."""
    x1, y1 = start.x + start.width, start.y + start.height / 2
    x2, y2 = end.x, end.y + end.height / 2
    return f"M{x1:.1f} {y1:.1f}C{x1 + _BEND:.1f} {y1:.1f} {x2 - _BEND:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"


def _box(box: Box) -> str:
    state = "error" if box.node.errors else "warning" if box.node.warnings else "drift" if box.node.drift else ""
    corner = 14 if box.node.type in ("sender", "endpoint") else 4
    rows = "".join(_label_lines(box))
    return (
        f'<g class="box {box.node.type} {state}"><title>{_text(describe(box.node))}</title>'
        f'<rect x="{box.x}" y="{box.y}" width="{box.width:.1f}" height="{box.height}" rx="{corner}"/>{rows}</g>'
    )


def _label_lines(box: Box) -> Iterator[str]:
    # Cut where it would leave its box: SVG does not wrap or clip text by itself.
    room = int((box.width - 12) / CHARACTER_WIDTH)
    for number, line in enumerate(box.node.label.split("\n")):
        shown = line if len(line) <= room else f"{line[: room - 1]}…"
        y = box.y + LINE_HEIGHT * (number + 1) + 1
        yield f'<text x="{box.x + 10:.1f}" y="{y:.1f}">{_text(shown)}</text>'


def describe(node: Node) -> str:
    """What a node is, where it is declared, and what the checks and Azure say of it."""
    parts = [f"{node.type} {node.name}"]
    if node.place:
        parts.append(f"{node.place.file}:{node.place.line}")
    parts += [plural(node.errors, "error")] if node.errors else []
    parts += [plural(node.warnings, "warning")] if node.warnings else []
    parts += [node.drift] if node.drift else []
    return " · ".join(parts)


def _text(text: str) -> str:
    return escape("".join(character for character in text if character >= " "))
