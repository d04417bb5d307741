"""The picture of a manifest: what is in it, what a focus leaves, how groups stand for many nodes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner import Project
from provisioner.pipeline_graph.graph_elements import Edge, Node, PipelineGraph
from provisioner.pipeline_graph.graph_selection import UnknownName, collapsed
from provisioner.pipeline_graph.layered_layout import layered_layout
from tests.support.manifests import write_manifest

SHOP = """\
endpoint: {name: dce-webshop}
tables:
  Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string, Amount: real}}
  Unused_CL: {columns: {TimeGenerated: datetime}}
streams:
  Custom-Orders:
    columns: {placed: datetime, order: dynamic, kind: string}
    flows:
      - table: Orders_CL
        transform: |
          source
          | where kind == "order"
          | extend amount = todouble(order.amount)
          | project TimeGenerated = placed, OrderId = "fixed", Amount = amount * 2
      - table: Syslog
        transform: source | project TimeGenerated = placed, SyslogMessage = kind
dcrs:
  dcr-webshop: {streams: [Custom-Orders], endpoint: both}
grants:
  shop: {principal: 6f9619ff-8b86-d011-b42d-00c04fc964ff}
"""


def project(tmp_path, text=SHOP):
    return Project.load(write_manifest(tmp_path, text))


def shop_with(streams):
    tables = "".join(f"  T{n}_CL: {{columns: {{TimeGenerated: datetime}}}}\n" for n in range(streams))
    keys = "".join(f"  Custom-S{n}: T{n}_CL\n" for n in range(streams))
    names = [f"Custom-S{n}" for n in range(streams)]
    rules = "".join(f"  dcr-{n}: {{streams: [{', '.join(names[n : n + 5])}]}}\n" for n in range(0, streams, 5))
    return f"tables:\n{tables}streams:\n{keys}dcrs:\n{rules}"


def test_the_way_of_a_record_leads_from_the_sender_to_the_workspace(tmp_path):
    graph = project(tmp_path).graph()
    sender = "sender/6f9619ff-8b86-d011-b42d-00c04fc964ff"
    assert {"workspace/law-webshop", "table/Syslog", "dcr/dcr-webshop", "grant/shop"} <= graph.descendants([sender])
    assert "table/Unused_CL" not in graph.descendants([sender])
    assert {(edge.source, edge.kind) for edge in graph.edges if edge.target == "dcr/dcr-webshop"} == {
        ("endpoint/dce-webshop", "receives"),
        ("endpoint/dcr-webshop", "receives"),
        ("grant/shop", "allows"),
    }


def test_every_edge_joins_nodes_that_are_there_and_every_declared_node_has_its_line(tmp_path):
    loaded = project(tmp_path)
    for graph in (loaded.graph(), loaded.graph(focus="Syslog"), loaded.graph(lineage="Orders_CL.Amount")):
        data = graph.json()
        ids = [node["id"] for node in data["nodes"]]
        assert len(ids) == len(set(ids))
        assert {edge["from"] for edge in data["edges"]} | {edge["to"] for edge in data["edges"]} <= set(ids)
    lines = (tmp_path / "provisioner.yaml").read_text().splitlines()
    for node in loaded.graph().nodes:
        if node.place and node.type in ("table", "stream", "dcr", "grant"):
            assert node.name in lines[node.place.line - 1]


TRANSFORMED = """
tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}
streams: {Custom-Orders: {table: Orders_CL, sender: fluent-bit}}
workspace_transforms:
  Syslog:
    transform: source | where Facilty != "cron" | extend SyslogMessage = tostring(strlen(Computer))
"""


def test_what_others_write_goes_through_the_rule_of_the_workspace(tmp_path):
    graph = project(tmp_path, TRANSFORMED.replace("Facilty", "Facility")).graph(focus="Syslog")
    assert [(node.id, node.label) for node in graph.nodes if node.type in ("sender", "dcr", "stream", "table")] == [
        ("sender/others", "others: agents, resource logs"),
        ("dcr/dcr-webshop-workspace", "dcr-webshop-workspace"),
        ("stream/Microsoft-Table-Syslog", "rows for Syslog\nthrough no other rule"),
        ("table/Syslog", "Syslog"),
    ]
    graph = project(tmp_path, TRANSFORMED).graph()
    assert graph.by_id["stream/Custom-Orders"].label == "Custom-Orders\nfrom fluent-bit"


@pytest.mark.parametrize("name", ["Syslog.SyslogMessage", "Microsoft-Table-Syslog.Computer"])
def test_the_lineage_of_a_column_goes_through_a_transform_of_the_workspace(tmp_path, name):
    graph = project(tmp_path, TRANSFORMED.replace("Facilty", "Facility")).graph(lineage=name)
    assert "SyslogMessage = tostring(strlen(Computer))" in [node.label for node in graph.nodes]
    assert graph.by_id.keys() >= {"column/Microsoft-Table-Syslog.Computer", "column/Syslog.SyslogMessage"}


def test_findings_of_a_transform_of_the_workspace_are_counted_at_it(tmp_path):
    graph = project(tmp_path, TRANSFORMED).graph()
    assert graph.by_id["flow/Microsoft-Table-Syslog/Syslog"].errors == 1


def test_a_focus_leaves_what_leads_there_and_what_it_leads_to(tmp_path):
    graph = project(tmp_path).graph(focus="Orders_CL")
    names = {node.id for node in graph.nodes}
    assert {"stream/Custom-Orders", "flow/Custom-Orders/Orders_CL", "workspace/law-webshop"} <= names
    assert not {"table/Syslog", "table/Unused_CL", "flow/Custom-Orders/Syslog"} & names


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"focus": "Order_CL"}, "did you mean 'Orders_CL'"),
        ({"focus": "qqq"}, "called 'qqq'"),
        ({"lineage": "Orders_CL.Amout"}, "did you mean 'Amount'"),
        ({"lineage": "Custom-Orders.plced"}, "did you mean 'placed'"),
        ({"lineage": "Ordrs_CL.Amount"}, "did you mean 'Orders_CL'"),
        ({"lineage": "Orders_CL"}, "TABLE.COLUMN"),
        ({"lineage": "."}, "TABLE.COLUMN"),
    ],
)
def test_a_name_that_is_not_there_is_answered_with_the_nearest(tmp_path, options, message):
    with pytest.raises(UnknownName, match=message):
        project(tmp_path).graph(**options)


def labels(graph, kind):
    return [node.label for node in graph.nodes if node.type == kind]


def test_a_lineage_goes_through_each_expression_between_the_columns(tmp_path):
    graph = project(tmp_path).graph(lineage="Orders_CL.Amount")
    assert labels(graph, "expression") == ["amount = todouble(order.amount)", "Amount = amount * 2"]
    assert Edge("column/Custom-Orders.order", "expression/Custom-Orders/Orders_CL/0", "reads") in graph.edges
    assert [edge.source for edge in graph.edges if edge.kind == "filters"] == ["column/Custom-Orders.kind"]
    assert "table/Syslog" not in {node.id for node in graph.nodes}


def test_a_constant_comes_from_the_stream_and_no_column(tmp_path):
    graph = project(tmp_path).graph(lineage="Orders_CL.OrderId")
    assert labels(graph, "expression") == ['OrderId = "fixed"']
    assert [edge.source for edge in graph.edges if edge.kind == "reads"] == ["stream/Custom-Orders"]


def test_the_column_of_a_stream_is_followed_into_every_table(tmp_path):
    graph = project(tmp_path).graph(lineage="Custom-Orders.placed")
    targets = {node.id for node in graph.nodes if node.type == "column"}
    assert {"column/Orders_CL.TimeGenerated", "column/Syslog.TimeGenerated"} <= targets


def test_a_column_that_no_flow_writes_stands_alone_at_its_table(tmp_path):
    graph = project(tmp_path).graph(lineage="Unused_CL.TimeGenerated")
    assert {node.type for node in graph.nodes} == {"column", "table", "workspace"}


def test_findings_are_counted_at_the_smallest_part_around_them(tmp_path):
    text = SHOP.replace("amount * 2", "amount * nonsense").replace("Unused_CL: {", "Unused_CL: {retention: 1, ")
    graph = project(tmp_path, text).graph()
    assert graph.by_id["flow/Custom-Orders/Orders_CL"].errors >= 1
    assert graph.by_id["table/Unused_CL"].errors + graph.by_id["table/Unused_CL"].warnings >= 1
    assert graph.by_id["flow/Custom-Orders/Syslog"].errors == 0


def test_names_of_what_is_not_there_lead_nowhere(tmp_path):
    text = SHOP.replace("{principal:", "{dcrs: [dcr-none, dcr-webshop], principal:").replace(
        "streams: [Custom-Orders]", "streams: [Custom-Orders, Custom-None]"
    )
    graph = project(tmp_path, text).graph()
    assert {edge.target for edge in graph.edges if edge.kind == "allows"} == {"dcr/dcr-webshop"}
    assert {edge.source for edge in graph.edges} | {edge.target for edge in graph.edges} <= set(graph.by_id)


def test_a_transform_with_errors_still_has_a_picture_and_a_lineage(tmp_path):
    broken = project(tmp_path, SHOP.replace("amount * 2", "amount *"))
    assert "column/Orders_CL.Amount" in broken.graph(lineage="Orders_CL.Amount").by_id


def test_groups_stand_for_what_one_dcr_alone_leads_to(tmp_path):
    whole = project(tmp_path, shop_with(20)).graph()
    small = collapsed(whole, above=20)
    assert [node.label for node in small.nodes if node.type == "group"] == ["5 streams\n5 tables"] * 4
    assert {node.id for node in small.nodes if node.type == "dcr"} == {f"dcr/dcr-{n}" for n in range(0, 20, 5)}
    assert sum(node.count for node in small.nodes) == len(whole.nodes)
    assert [node.label for node in collapsed(whole, above=5).nodes if node.type == "group"] == [
        "4 DCRs\n20 streams\n20 tables"
    ]
    assert collapsed(whole, above=len(whole.nodes)) is whole


def test_a_table_of_two_dcrs_stays_out_of_their_groups(tmp_path):
    text = shop_with(10).replace("Custom-S9: T9_CL", "Custom-S9: T0_CL")
    small = collapsed(project(tmp_path, text).graph(), above=15)
    assert {edge.source for edge in small.edges if edge.target == "table/T0_CL"} == {"group/dcr-0", "group/dcr-5"}


TYPES = st.sampled_from(["sender", "endpoint", "dcr", "stream", "flow", "table", "workspace"])


@st.composite
def graphs(draw):
    kinds = draw(st.lists(TYPES, max_size=25))
    nodes = tuple(Node(f"{kind}/{n}", kind, draw(st.text(max_size=30))) for n, kind in enumerate(kinds))
    pairs = [(a, b) for a in nodes for b in nodes if a.column_of_picture < b.column_of_picture]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=40, unique=True)) if pairs else []
    return PipelineGraph(nodes, tuple(Edge(a.id, b.id, "has") for a, b in edges))


@given(graph=graphs())
@settings(max_examples=60, deadline=None)
def test_no_two_boxes_overlap_and_every_one_lies_inside(graph):
    layout = layered_layout(graph)
    boxes = list(layout.boxes.values())
    assert len(boxes) == len(graph.nodes)
    for number, box in enumerate(boxes):
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= layout.width
        assert box.y + box.height <= layout.height
        for other in boxes[:number]:
            apart = box.x + box.width <= other.x or other.x + other.width <= box.x
            assert apart or box.y + box.height <= other.y or other.y + other.height <= box.y
    assert layered_layout(graph) == layout
