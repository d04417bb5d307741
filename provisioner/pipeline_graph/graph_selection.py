"""A part of a picture: what stands before and behind a name; groups in place of what would be too much to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provisioner.pipeline_graph.graph_elements import Edge, Node, PipelineGraph
from provisioner.suggest import did_you_mean
from provisioner.text import plural

COLLAPSED_ABOVE = 350
"""The number of nodes from which a picture shows groups instead; more cannot be read on a page."""


class UnknownName(ValueError):
    """A name for which the picture has no node; the message proposes one."""


def focused(graph: PipelineGraph, name: str) -> PipelineGraph:
    """What leads to the nodes of that name, and what they lead to; `name` may be `type/name`. Raises UnknownName."""
    starts = [node.id for node in graph.nodes if name in (node.id, node.name)]
    if not starts:
        hint = did_you_mean(name, [node.name for node in graph.nodes])
        raise UnknownName(f"nothing in the manifest is called {name!r}{f'; {hint}' if hint else ''}")
    return graph.part(graph.ancestors(starts) | graph.descendants(starts), f"{graph.title}: {name}")


def collapsed(graph: PipelineGraph, above: int = COLLAPSED_ABOVE) -> PipelineGraph:
    """The same picture, with groups of streams, flows and tables where there are more than so many nodes.

    First what belongs to one DCR alone becomes its group; where that is not enough, all DCRs and what hangs on them
    become one.
    """
    if len(graph.nodes) <= above:
        return graph
    # By DCR first: it is the unit that people know, and most limits are its limits.
    by_dcr = _contracted(graph, _groups_of_dcrs(graph))
    if len(by_dcr.nodes) <= above:
        return by_dcr
    everything = {
        node.id: "group/pipelines"
        for node in graph.nodes
        if node.type not in ("sender", "workspace") and (node.type != "endpoint" or _is_own_endpoint(graph, node))
    }
    return _contracted(graph, everything)


def _is_own_endpoint(graph: PipelineGraph, node: Node) -> bool:
    return f"dcr/{node.name}" in graph.by_id


def _groups_of_dcrs(graph: PipelineGraph) -> Mapping[str, str]:
    """Node → group for each node behind a DCR that no other DCR leads to, and for tables without a flow."""
    owners: dict[str, set[str]] = {}
    for node in graph.nodes:
        if node.type == "dcr":
            for descendant in graph.descendants([node.id]):
                owners.setdefault(descendant, set()).add(node.name)
    members: dict[str, list[str]] = {}
    for node in graph.nodes:
        if node.type in ("stream", "flow", "table"):
            names = owners.get(node.id, set())
            if len(names) <= 1:
                members.setdefault(f"group/{next(iter(names), 'no DCR')}", []).append(node.id)
    return {node_id: group for group, ids in members.items() if len(ids) > 1 for node_id in ids}


def _contracted(graph: PipelineGraph, groups: Mapping[str, str]) -> PipelineGraph:
    """The nodes of a group drawn as one."""
    members: dict[str, list[Node]] = {}
    for node in graph.nodes:
        members.setdefault(groups.get(node.id, node.id), []).append(node)
    nodes = tuple(
        nodes[0] if node_id == nodes[0].id else _group_node(node_id, nodes) for node_id, nodes in members.items()
    )
    edges = dict.fromkeys(
        Edge(groups.get(edge.source, edge.source), groups.get(edge.target, edge.target), edge.kind)
        for edge in graph.edges
    )
    return PipelineGraph(nodes, tuple(edge for edge in edges if edge.source != edge.target), graph.title)


def _group_node(identifier: str, members: list[Node]) -> Node:
    counts = {kind: sum(node.type == kind for node in members) for kind in ("dcr", "stream", "table")}
    label = "\n".join(plural(count, "DCR" if kind == "dcr" else kind) for kind, count in counts.items() if count)
    drifted = sum(node.drift is not None for node in members)
    return replace(
        Node(identifier, "group", label or plural(len(members), "node"), members[0].place),
        errors=sum(node.errors for node in members),
        warnings=sum(node.warnings for node in members),
        drift=f"{plural(drifted, 'difference')}" if drifted else None,
        count=sum(node.count for node in members),
    )
