"""How Azure differs from the manifest, at the nodes of its picture."""

from __future__ import annotations

from provisioner.pipeline_graph.changed_part import mark_changes
from provisioner.pipeline_graph.graph_elements import PipelineGraph
from provisioner.project import Project

_DRAWN = frozenset(("workspace", "table", "endpoint", "dcr"))


def with_drift(graph: PipelineGraph, project: Project) -> PipelineGraph:
    """The picture with `drift` set where a plan would change something. Raises CloudError, InvalidManifest."""
    with project.connect() as azure:
        plan = project.plan(azure)
    # Grants and the group have no box that a difference could be shown at.
    return mark_changes(
        graph,
        {
            f"{change.type}/{change.name}": f"apply would {change.action} it"
            for change in plan.changes
            if change.action != "no-op" and change.type in _DRAWN
        },
    )
