"""The part of a picture that a plan changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provisioner.pipeline_graph.graph_elements import PipelineGraph
from provisioner.pipeline_graph.graph_selection import collapsed
from provisioner.reports.format_registry import render_report

_MOST_NODES = 60
"""More are not understood in the column of a comment; the table of the changes says it better then."""


def mark_changes(graph: PipelineGraph, changes: Mapping[str, str]) -> PipelineGraph:
    """The picture with `drift` set at the nodes of these ids; ids that it does not have are left out."""
    nodes = tuple(replace(node, drift=changes[node.id]) if node.id in changes else node for node in graph.nodes)
    return PipelineGraph(nodes, graph.edges, graph.title)


def draw_changes(graph: PipelineGraph, changes: Mapping[str, str]) -> str | None:
    """Mermaid of what changes, what leads there and what it leads to; None where nothing of it is in the picture.

    None too where the part is too large for a comment.
    """
    marked = mark_changes(graph, changes)
    starts = [node.id for node in marked.nodes if node.drift]
    if not starts:
        return None
    part = collapsed(marked.part(marked.ancestors(starts) | marked.descendants(starts)), _MOST_NODES)
    if len(part.nodes) > _MOST_NODES:
        return None
    # Findings have their own report: the marks here are those of the plan alone.
    nodes = tuple(replace(node, errors=0, warnings=0) for node in part.nodes)
    return render_report("graph", "mermaid", PipelineGraph(nodes, part.edges, part.title))
