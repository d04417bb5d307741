"""A manifest as a picture: who sends, through which endpoint, DCR, stream and flow, into which table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.diagnostics import Diagnostic
from provisioner.load import Document
from provisioner.model import SELF, Dcr, Flow, Grant, Manifest, ManifestPath, Stream
from provisioner.pipeline_graph.findings_of_nodes import with_findings
from provisioner.pipeline_graph.graph_elements import Edge, Node, NodeType, PipelineGraph
from provisioner.pipeline_graph.label_text import single_line
from provisioner.resources.workspace_transform_resource import rule_name

_MAX_TRANSFORM = 60
"""Characters of a transform in its box; the whole stands in the manifest."""
_OTHERS = "sender/others"
"""The node of those who write into the workspace through no rule of the manifest."""


def manifest_graph(document: Document, manifest: Manifest, findings: Sequence[Diagnostic] = ()) -> PipelineGraph:
    """The whole pipeline of a manifest; `findings` of the checks are counted at the nodes that they are about."""
    builder = _GraphBuilder(document, manifest)
    nodes = tuple(builder.nodes())
    ids = {node.id for node in nodes}
    # A grant or a DCR may name what is not there: that is a finding of the checks, and no arrow.
    edges = tuple(edge for edge in dict.fromkeys(builder.edges()) if edge.source in ids and edge.target in ids)
    title = f"{manifest.name} ({manifest.environment})" if manifest.environment else manifest.name
    return with_findings(PipelineGraph(nodes, edges, title), document, findings)


def table_id(name: str) -> str:
    """The id of a table's node."""
    return f"table/{name}"


def stream_id(key: str) -> str:
    """The id of a stream's node; `key` is its name in the picture (`stream_name`)."""
    return f"stream/{key}"


def stream_name(stream: Stream) -> str:
    """The name of a stream's node: its key, and for a transform of the workspace Azure's name of it."""
    # The key of such a transform is a table, whose node has that name.
    return stream.key if stream.section == "streams" else stream.name


def flow_id(stream: Stream, flow: Flow) -> str:
    """The id of the node of a flow."""
    return f"flow/{stream_name(stream)}/{flow.table}"


def all_streams(manifest: Manifest) -> tuple[Stream, ...]:
    """The streams of the manifest, and the transforms of its workspace, which are streams without a sender."""
    return (*manifest.streams.values(), *manifest.workspace_transforms.values())


def _stream_label(stream: Stream) -> str:
    if stream.section == "streams":
        return f"{stream.key}\nfrom {stream.sender}" if stream.sender else stream.key
    return f"rows for {stream.key}\nthrough no other rule"


def flow_label(flow: Flow) -> str:
    """What a flow does, in a line: the beginning of its transform."""
    if not flow.written:
        return "as it is" if flow.transform.strip() == "source" else "cast to the table's types"
    return single_line(flow.transform, _MAX_TRANSFORM)


class _GraphBuilder:
    """Collects the nodes and edges of one manifest."""

    def __init__(self, document: Document, manifest: Manifest) -> None:
        self._document = document
        self._manifest = manifest

    def nodes(self) -> Iterator[Node]:
        manifest = self._manifest
        for principal in dict.fromkeys(grant.principal for grant in manifest.grants.values()):
            label = "whoever runs the provisioner" if principal == SELF else principal
            yield Node(f"sender/{principal}", "sender", single_line(str(label)))
        if manifest.workspace_transforms:
            yield Node(_OTHERS, "sender", "others: agents, resource logs")
        for grant in manifest.grants.values():
            yield self._node("grant", grant.name, grant.path, f"{grant.name}\n{grant.role}")
        if manifest.endpoint is not None:
            endpoint = manifest.endpoint
            yield self._node("endpoint", endpoint.name, endpoint.path, endpoint.name)
        for dcr in manifest.dcrs.values():
            # Kind Direct: the DCR takes records in by itself, beside a shared endpoint or without one.
            if dcr.endpoint != "shared":
                yield self._node("endpoint", dcr.name, dcr.path, f"own endpoint of\n{dcr.name}")
        for dcr in manifest.dcrs.values():
            yield self._node("dcr", dcr.name, dcr.path, dcr.name)
        if manifest.workspace_transforms:
            yield self._node("dcr", rule_name(manifest), ("workspace_transforms",), rule_name(manifest))
        for stream in all_streams(manifest):
            yield self._node("stream", stream_name(stream), stream.path, _stream_label(stream))
            for flow in stream.flows:
                path = (*flow.path, "transform") if flow.written else flow.path or stream.path
                yield self._node("flow", f"{stream_name(stream)}/{flow.table}", path, flow_label(flow))
        yield from self._table_nodes()
        yield self._node("workspace", manifest.workspace.name, manifest.workspace.path, manifest.workspace.name)

    def _table_nodes(self) -> Iterator[Node]:
        """Declared tables, and those that flows name without a declaration: Azure's own."""
        manifest = self._manifest
        written = [flow.table for stream in all_streams(manifest) for flow in stream.flows]
        for name in dict.fromkeys([*manifest.tables, *written]):
            table = manifest.tables.get(name)
            yield (
                self._node("table", name, table.path, name)
                if table
                else Node(table_id(name), "table", single_line(name))
            )

    def _node(self, kind: NodeType, name: str, path: ManifestPath, label: str) -> Node:
        # A derived DCR is not written anywhere: its place is then the key that it belongs under.
        place = self._document.place(path, at="value" if kind == "flow" else "key")
        return Node(f"{kind}/{name}", kind, "\n".join(single_line(line) for line in label.split("\n")), place)

    def edges(self) -> Iterator[Edge]:
        manifest = self._manifest
        for grant in manifest.grants.values():
            yield from self._grant_edges(grant)
        for dcr in manifest.dcrs.values():
            yield from (Edge(endpoint, f"dcr/{dcr.name}", "receives") for endpoint in self._endpoints_of(dcr))
            yield from (Edge(f"dcr/{dcr.name}", stream_id(key), "has") for key in dcr.streams)
        for stream in manifest.workspace_transforms.values():
            yield Edge(_OTHERS, f"dcr/{rule_name(manifest)}", "sends")
            yield Edge(f"dcr/{rule_name(manifest)}", stream_id(stream_name(stream)), "has")
        for stream in all_streams(manifest):
            for flow in stream.flows:
                yield Edge(stream_id(stream_name(stream)), flow_id(stream, flow), "reads")
                yield Edge(flow_id(stream, flow), table_id(flow.table), "writes")
        workspace = f"workspace/{manifest.workspace.name}"
        for node in self._table_nodes():
            yield Edge(node.id, workspace, "stores")

    def _grant_edges(self, grant: Grant) -> Iterator[Edge]:
        sender = f"sender/{grant.principal}"
        yield Edge(sender, f"grant/{grant.name}", "holds")
        endpoints: dict[str, None] = {}
        for name in grant.dcrs:
            yield Edge(f"grant/{grant.name}", f"dcr/{name}", "allows")
            if name in self._manifest.dcrs:
                endpoints.update(dict.fromkeys(self._endpoints_of(self._manifest.dcrs[name])))
        yield from (Edge(sender, endpoint, "sends") for endpoint in endpoints)

    def _endpoints_of(self, dcr: Dcr) -> list[str]:
        shared = self._manifest.endpoint
        endpoints = [f"endpoint/{shared.name}"] if shared and dcr.endpoint != "direct" else []
        return endpoints if dcr.endpoint == "shared" else [*endpoints, f"endpoint/{dcr.name}"]
