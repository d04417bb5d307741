"""A page of HTML that holds the picture and a list of what it shows."""

from __future__ import annotations

from html import escape

from provisioner.pipeline_graph.graph_elements import PipelineGraph
from provisioner.pipeline_graph.svg_drawing import draw_svg
from provisioner.reports.report_format import report_format

# No script, and nothing from anywhere else: the page is one file that can be sent around.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """\
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:1.5rem;background:Canvas;color:CanvasText}
.picture{overflow:auto;border:1px solid #8c959f;border-radius:6px;max-height:85vh}
table{border-collapse:collapse;margin-top:1rem}
th,td{text-align:left;padding:.25rem .75rem;border-bottom:1px solid #8c959f;vertical-align:top}
td{overflow-wrap:anywhere}
"""


@report_format("html", view="picture", position=3)
def graph_page_format(graph: PipelineGraph) -> str:
    """One page with the picture and the list of what is in it; without scripts or anything from another host."""
    title = escape(graph.title)
    rows = "".join(_row(graph, number) for number in range(len(graph.nodes)))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body><main><h1>{title}</h1>\n"
        f'<div class="picture" tabindex="0" role="region" aria-label="Picture of the pipeline">\n'
        f"{draw_svg(graph)}</div>\n"
        "<table><caption>What the picture shows</caption>"
        "<thead><tr><th>type</th><th>name</th><th>declared</th><th>findings</th></tr></thead>\n"
        f"<tbody>{rows}</tbody></table></main></body></html>\n"
    )


def _row(graph: PipelineGraph, number: int) -> str:
    node = graph.nodes[number]
    declared = f"{node.place.file}:{node.place.line}" if node.place else ""
    findings = [
        *([f"errors: {node.errors}"] if node.errors else []),
        *([f"warnings: {node.warnings}"] if node.warnings else []),
        *([node.drift] if node.drift else []),
    ]
    shown = node.label.replace("\n", " ") if node.type == "expression" else node.name
    cells = (node.type, shown, declared, ", ".join(findings))
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>\n"
