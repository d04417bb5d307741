"""The formats of `graph`: whatever a name holds, each is one well-formed document that shows it as text."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.cli.main import run
from provisioner.pipeline_graph.changed_part import draw_changes
from provisioner.pipeline_graph.graph_elements import Edge, Node, PipelineGraph
from provisioner.pipeline_graph.label_text import single_line
from provisioner.project import Project
from provisioner.reports.format_registry import render_report
from tests.support.paths import ROOT

QUICKSTART = str(ROOT / "examples" / "quickstart")
HOSTILE = '"]; click n0 "javascript:x" %%{init}%% </text><script>alert(1)</script> end #35; `x` \\" \x1b[31m\u202e'


def picture(name):
    label = single_line(name)
    nodes = (Node(f"stream/{name}", "stream", label, errors=1), Node("table/T_CL", "table", label, drift="differs"))
    return PipelineGraph(nodes, (Edge(nodes[0].id, nodes[1].id, "reads"),), name)


NAMES = st.text(max_size=60) | st.just(HOSTILE)


@given(name=NAMES)
@settings(max_examples=80, deadline=None)
def test_mermaid_holds_no_character_of_a_name_that_it_could_act_on(name):
    for line in render_report("graph", "mermaid", picture(name)).splitlines()[1:]:
        label = re.fullmatch(r'  n\d+\W+"(.*)"\W+', line)
        assert label or re.fullmatch(r"  (n\d+ -\.?->? n\d+|n0 --> n1|classDef .*|class [n\d,]+ \w+)", line), line
        if label:
            assert not set(re.sub(r"#\d+;", "", label[1])) & set('"<>#;&|`\\{}[]')


@pytest.mark.parametrize("name", ["", " ", "\n"])
def test_mermaid_gets_a_character_where_a_name_has_none_to_be_seen(name):
    assert render_report("graph", "mermaid", picture(name)).count('"#160;"') == 2


@given(name=NAMES)
@settings(max_examples=80, deadline=None)
def test_svg_is_well_formed_and_has_elements_of_ours_alone(name):
    root = ET.fromstring(render_report("graph", "svg", picture(name)))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "style", "path", "g", "rect", "text"}
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on") or "href" in key]


@given(name=NAMES)
@settings(max_examples=80, deadline=None)
def test_dot_ends_a_quoted_name_where_it_ends(name):
    text = render_report("graph", "dot", picture(name))
    quoted = r'"(?:[^"\\]|\\.)*"'
    rest = re.sub(quoted, "Q", text, flags=re.DOTALL)
    assert '"' not in rest
    assert rest.count("Q -> Q") == 1


@given(name=NAMES)
@settings(max_examples=40, deadline=None)
def test_a_page_has_no_script_and_shows_a_name_as_text(name):
    text = render_report("graph", "html", picture(name))
    assert "<script" not in text.lower()
    assert "default-src 'none'" in text


@given(text=st.text())
def test_a_label_is_one_line_of_printable_text(text):
    label = single_line(text, 40)
    assert len(label) <= 40
    assert label.isprintable() or not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", label)
    label.encode()


def test_json_has_the_shape_of_the_contract(capfd):
    assert run(["graph", QUICKSTART, "--format", "json"]) == 0
    data = json.loads(capfd.readouterr().out)
    assert data["version"] == 1
    assert {"id", "type", "label", "file", "line"} <= set(data["nodes"][0])
    assert set(data["edges"][0]) == {"from", "to", "kind"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--focus", "Orders"], "nothing in the manifest is called"),
        (["--lineage", "Orders_CL.Nothing"], "no column of Orders_CL"),
        (["--focus", "Orders_CL", "--lineage", "Orders_CL.Amount"], "not both"),
        (["--format", "png"], "png"),
    ],
)
def test_what_cannot_be_drawn_is_a_mistake_of_usage(words, message, capfd):
    assert run(["graph", QUICKSTART, *words]) == 64
    assert message in capfd.readouterr().err


def test_a_manifest_that_cannot_be_read_has_no_picture(tmp_path, capfd):
    (tmp_path / "provisioner.yaml").write_text("version: [", encoding="utf-8")
    assert run(["graph", str(tmp_path)]) == 1
    assert "Traceback" not in capfd.readouterr().err


def test_what_a_plan_changes_is_drawn_with_what_hangs_on_it():
    graph = Project.load(QUICKSTART).graph()
    text = draw_changes(graph, {"dcr/dcr-webshop": "update", "table/nowhere": "create"})
    assert re.search(r'n\d+\["dcr-webshop"\]', text)
    assert text.count("drift\n") == 1
    assert "Orders_CL" in text
    assert draw_changes(graph, {"table/nowhere": "create"}) is None
    assert draw_changes(graph, {}) is None


def test_what_is_too_much_for_a_comment_is_not_drawn():
    ends = tuple(Node(f"sender/{number}", "sender", str(number)) for number in range(80))
    table = Node("table/T_CL", "table", "T_CL")
    graph = PipelineGraph((*ends, table), tuple(Edge(end.id, table.id, "sends") for end in ends), "wide")
    assert draw_changes(graph, {table.id: "update"}) is None
