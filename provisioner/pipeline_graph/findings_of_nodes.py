"""Findings of the checks counted at the nodes of a picture that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from provisioner.diagnostics import Diagnostic, Place
from provisioner.load import Document
from provisioner.model import ManifestPath, Stream
from provisioner.pipeline_graph.graph_elements import Node, PipelineGraph

_SECTIONS = {"table": "tables", "stream": "streams", "dcr": "dcrs", "grant": "grants"}
"""Where the manifest declares nodes that have a name of their own."""


def with_findings(graph: PipelineGraph, document: Document, findings: Sequence[Diagnostic]) -> PipelineGraph:
    """The same picture with `errors` and `warnings` counted; each belongs to the smallest part around it."""
    if not findings:
        return graph
    extents = [
        (extent, node.id)
        for node in graph.nodes
        if (path := _path(node, document)) and (extent := document.extent(path))
    ]
    counts: dict[str, list[int]] = {}
    for finding in findings:
        node_id = _owner(finding.place, extents)
        if node_id is not None and finding.severity != "info":
            counts.setdefault(node_id, [0, 0])[finding.severity == "warning"] += 1
    nodes = tuple(
        replace(node, errors=counts[node.id][0], warnings=counts[node.id][1]) if node.id in counts else node
        for node in graph.nodes
    )
    return PipelineGraph(nodes, graph.edges, graph.title)


def _path(node: Node, document: Document) -> ManifestPath | None:
    """Where the node's part of the manifest is written; None where it is not written."""
    path: ManifestPath
    if node.type == "stream" and (transform := _workspace_transform(node.name, document)) is not None:
        path = transform.path
    elif node.type in _SECTIONS:
        path = (_SECTIONS[node.type], node.name)
    elif node.type == "flow":
        path = _flow_path(node, document)
    elif node.type in ("workspace", "endpoint"):
        path = (node.type,)
    else:
        return None
    return path


def _flow_path(node: Node, document: Document) -> ManifestPath:
    stream, _, table = node.name.rpartition("/")
    declared = document.manifest.streams.get(stream) if document.manifest else None
    transformed = declared or _workspace_transform(stream, document)
    flows = transformed.flows if transformed else ()
    path = next((flow.path for flow in flows if flow.table == table), ())
    return (*path, "transform")


def _workspace_transform(name: str, document: Document) -> Stream | None:
    """The transform of the workspace whose node has this name; None for another node's."""
    transforms = document.manifest.workspace_transforms if document.manifest else {}
    return next((stream for stream in transforms.values() if stream.name == name), None)


def _owner(place: Place | None, extents: Sequence[tuple[Place, str]]) -> str | None:
    """The id of the node whose part of the text is the smallest around a place."""
    if place is None:
        return None
    position = (place.line, place.column)
    around = [
        (extent.end_line - extent.line, node_id)
        for extent, node_id in extents
        if extent.file == place.file and (extent.line, extent.column) <= position < (extent.end_line, extent.end_column)
    ]
    return min(around)[1] if around else None
