"""SVG, drawn without Graphviz."""

from __future__ import annotations

from provisioner.pipeline_graph.graph_elements import PipelineGraph
from provisioner.pipeline_graph.svg_drawing import draw_svg
from provisioner.reports.report_format import report_format


@report_format("svg", view="picture", position=2)
def svg_format(graph: PipelineGraph) -> str:
    """An SVG picture, for pages and documents; it needs no Graphviz and follows light and dark."""
    return draw_svg(graph)
