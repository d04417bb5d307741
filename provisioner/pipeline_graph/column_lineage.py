"""Where a column comes from and goes to: through the transforms, with the expression that makes each value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from provisioner.load import Document
from provisioner.model import Flow, Manifest, Stream
from provisioner.pipeline_graph.column_definitions import Definition, definitions_of
from provisioner.pipeline_graph.graph_elements import LAYERS, Edge, Node, PipelineGraph
from provisioner.pipeline_graph.graph_selection import UnknownName
from provisioner.pipeline_graph.label_text import single_line
from provisioner.pipeline_graph.manifest_graph import all_streams, stream_id, stream_name, table_id
from provisioner.suggest import did_you_mean
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.transforms.table_columns import known_columns

if TYPE_CHECKING:
    from provisioner.kql import Query


class ColumnFlow(NamedTuple):
    """One output column of one flow."""

    stream: Stream
    flow: Flow
    query: Query
    column: str


def lineage_graph(
    whole: PipelineGraph, document: Document, manifest: Manifest, transforms: BoundTransforms, name: str
) -> PipelineGraph:
    """The picture of one column: `name` is TABLE.COLUMN, or STREAM.COLUMN for what becomes of a stream's column.

    `whole` is the picture of the manifest, whose nodes for streams and tables are used. Raises UnknownName.
    """
    owner, _, column = name.rpartition(".")
    if not owner:
        raise UnknownName(f"{name!r} is not TABLE.COLUMN, such as Orders_CL.Amount")
    stream = next((one for one in all_streams(manifest) if stream_name(one) == owner), None)
    if stream is not None:
        flows = list(_flows_from(stream, transforms, column))
    else:
        flows = list(_flows_into(manifest, transforms, owner, column))
    nodes: dict[str, Node] = {}
    edges: dict[Edge, None] = {}
    for one in flows:
        _add_flow(one, whole, document, nodes, edges)
    # A declared column that no flow writes is an answer too: it stands alone at its table.
    if not flows:
        _add_column(owner, column, whole, document, nodes, edges)
    # Before the streams and behind the tables the picture is that of the manifest.
    upstream = _upstream(whole, nodes)
    ends = [node for node in whole.nodes if node.id in upstream]
    ordered = tuple(sorted([*ends, *nodes.values()], key=lambda node: node.column_of_picture))
    around = whole.part({*upstream, *nodes}).edges
    stored = tuple(edge for edge in around if edge.kind not in ("reads", "writes"))
    return PipelineGraph(ordered, (*stored, *edges), f"lineage of {name}")


def _flows_into(manifest: Manifest, transforms: BoundTransforms, table: str, column: str) -> Iterator[ColumnFlow]:
    """Each flow that writes a table's column."""
    streams = all_streams(manifest)
    written = [(stream, flow) for stream in streams for flow in stream.flows if flow.table == table]
    tables = [*manifest.tables, *(flow.table for stream in streams for flow in stream.flows)]
    if table not in tables:
        raise UnknownName(_unknown("table or stream", table, [*tables, *map(stream_name, streams)]))
    columns = dict.fromkeys(known_columns(table, manifest) or ())
    bound = [(stream, flow, transforms.bind(stream, flow)[0]) for stream, flow in written]
    columns |= dict.fromkeys(name for _, _, query in bound if query for name in query.columns)
    if column not in columns:
        raise UnknownName(_unknown(f"column of {table}", column, columns))
    for stream, flow, query in bound:
        if query is not None and column in query.columns:
            yield ColumnFlow(stream, flow, query, column)


def _flows_from(stream: Stream, transforms: BoundTransforms, column: str) -> Iterator[ColumnFlow]:
    """Each output column of a stream's flows that the stream's column goes into."""
    if column not in stream.columns:
        raise UnknownName(_unknown(f"column of {stream_name(stream)}", column, stream.columns))
    for flow in stream.flows:
        query, _ = transforms.bind(stream, flow)
        for output, sources in query.lineage.items() if query else ():
            if column in sources:
                assert query is not None
                yield ColumnFlow(stream, flow, query, output)


def _unknown(what: str, name: str, candidates: Iterable[str]) -> str:
    hint = did_you_mean(name, candidates)
    return f"no {what} is called {name!r}{f'; {hint}' if hint else ''}"


def _add_flow(
    one: ColumnFlow, whole: PipelineGraph, document: Document, nodes: dict[str, Node], edges: dict[Edge, None]
) -> None:
    """The columns that are read, the expressions in between, and the column that is written."""
    stream, flow, query, column = one
    origin = stream_name(stream)
    target = _add_column(flow.table, column, whole, document, nodes, edges)
    definitions = definitions_of(query, column)
    ids = {one.number: f"expression/{origin}/{flow.table}/{one.number}" for one in definitions}
    depths = _depths(definitions)
    for definition in definitions:
        nodes[ids[definition.number]] = _expression_node(
            ids[definition.number], definition, one, document, -depths[definition.number] / 100
        )
        for source in definition.inputs:
            edges[
                Edge(
                    _add_column(origin, source, whole, document, nodes, edges),
                    ids[definition.number],
                    "reads",
                )
            ] = None
        for earlier in definition.definitions:
            edges[Edge(ids[earlier], ids[definition.number], "reads")] = None
    if definitions:
        edges[Edge(ids[definitions[0].number], target, "writes")] = None
        entry = ids[definitions[0].number]
    else:
        entry = target
        for source in query.lineage.get(column, ()):
            edges[Edge(_add_column(origin, source, whole, document, nodes, edges), target, "writes")] = None
    if not query.lineage.get(column):
        # A constant, or the clock: nothing of the record goes into it, but each record gives a row.
        nodes[stream_id(origin)] = whole.by_id[stream_id(origin)]
        edges[Edge(stream_id(origin), entry, "reads")] = None
    for source in sorted(query.rows.filter_columns - set(query.lineage.get(column, ()))):
        edges[Edge(_add_column(origin, source, whole, document, nodes, edges), entry, "filters")] = None


def _expression_node(
    identifier: str, definition: Definition, one: ColumnFlow, document: Document, layer_shift: float
) -> Node:
    text = one.query.text[definition.span.start : definition.span.end]
    label = single_line(text if text == definition.name else f"{definition.name} = {text}")
    path = (*one.flow.path, "transform") if one.flow.written else one.flow.path or one.stream.path
    place = document.place(path, span=definition.span) if one.flow.written else document.place(path)
    return Node(identifier, "expression", label, place, layer=LAYERS["expression"] + layer_shift)


def _depths(definitions: list[Definition]) -> dict[int, int]:
    """How many definitions stand between each and the column, the column's own being at 0."""
    depths = {definition.number: 0 for definition in definitions}
    # In the order of the text, from the end: what a definition reads was written before it.
    for definition in sorted(definitions, reverse=True):
        for earlier in definition.definitions:
            depths[earlier] = max(depths[earlier], depths[definition.number] + 1)
    return depths


def _add_column(
    owner: str,
    column: str,
    whole: PipelineGraph,
    document: Document,
    nodes: dict[str, Node],
    edges: dict[Edge, None],
) -> str:
    """A column's node behind its stream or before its table; its id."""
    identifier = f"column/{owner}.{column}"
    is_stream = stream_id(owner) in whole.by_id
    owner_id = stream_id(owner) if is_stream else table_id(owner)
    nodes[owner_id] = owner_node = whole.by_id[owner_id]
    # A stream's columns stand between it and the expressions, a table's between these and it.
    layer = LAYERS["stream_column" if is_stream else "column"]
    path = ("streams" if is_stream else "tables", owner, "columns", column)
    place = document.place(path, at="key") if document.explicit(path) else owner_node.place
    nodes[identifier] = Node(identifier, "column", single_line(column), place, layer=layer)
    edges[Edge(owner_id, identifier, "has") if is_stream else Edge(identifier, owner_id, "has")] = None
    return identifier


def _upstream(whole: PipelineGraph, nodes: dict[str, Node]) -> set[str]:
    """The ids before the streams and behind the tables of a lineage."""
    streams = [node_id for node_id in nodes if node_id.startswith("stream/")]
    tables = [node_id for node_id in nodes if node_id.startswith("table/")]
    return (whole.ancestors(streams) | whole.descendants(tables)) - set(nodes)
