"""The views of a pipeline's picture, for the formats of `graph`."""

from __future__ import annotations

from provisioner.pipeline_graph.graph_elements import PipelineGraph
from provisioner.reports.report_format import Views

VIEWS: Views[PipelineGraph] = {
    "picture": lambda graph, _: graph,
    "data": lambda graph, _: graph.json(),
}
