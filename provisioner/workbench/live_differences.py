"""How Azure differs from the manifest, at the nodes of its picture."""

from __future__ import annotations

from dataclasses import replace

from provisioner.pipeline_graph.graph_elements import PipelineGraph
from provisioner.project import Project

_DRAWN = frozenset(("workspace", "table", "endpoint", "dcr"))


def with_drift(graph: PipelineGraph, project: Project) -> PipelineGraph:
    """The picture with `drift` set where a plan would change something. Raises CloudError, InvalidManifest."""
    with project.connect() as azure:
        plan = project.plan(azure)
    # Grants and the group have no box that a difference could be shown at.
    changes = {
        f"{change.type}/{change.name}": change.action
        for change in plan.changes
        if change.action != "no-op" and change.type in _DRAWN
    }
    nodes = tuple(
        replace(node, drift=f"apply would {changes[node.id]} it") if node.id in changes else node
        for node in graph.nodes
    )
    return PipelineGraph(nodes, graph.edges, graph.title)
