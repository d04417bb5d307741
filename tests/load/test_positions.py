"""From values to characters and back: positions are exact, edits change nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provisioner import load
from provisioner.diagnostics import Edit, Span
from provisioner.load.yaml.composer import compose_yaml
from provisioner.load.yaml.nodes import MappingNode, ScalarNode
from provisioner.load.yaml.scalar_offsets import source_range
from provisioner.load.yaml.source_text import SourceText
from provisioner.load.yaml.text_edits import replace_scalar

WORDS = st.text("abcxyz_|=()'\"\\.:#,é😀\u2028 0", min_size=1, max_size=8)
LINES = st.lists(WORDS.map(str.strip).filter(bool), min_size=1, max_size=4)
NEWLINES = st.sampled_from(["\n", "\r\n"])


def scalar_in(text: str) -> ScalarNode:
    root, diagnostics = compose_yaml(SourceText(Path("x.yaml"), text))
    assert not diagnostics
    assert isinstance(root, MappingNode)
    value = root.values["key"]
    assert isinstance(value, ScalarNode)
    return value


def written(style: str, lines: list[str], newline: str) -> str:
    """A mapping whose `key` holds the lines in one of YAML's styles."""
    if style in "|>":
        body = newline.join(f"   {line}" for line in lines)
        return f"# head{newline}key: {style}{newline}{body}{newline}other: 1{newline}"
    joined = (newline + "  ").join(lines)
    if style == "'":
        joined = joined.replace("'", "''")
    if style == '"':
        joined = joined.replace("\\", "\\\\").replace('"', '\\"').replace("é", "\\u00e9")
    return f"# head{newline}key: {style}{joined}{style}{newline}other: 1{newline}"


@given(st.sampled_from("|>'\""), LINES, NEWLINES)
def test_every_word_of_a_value_is_found_in_the_file_that_wrote_it(style, lines, newline):
    text = written(style, lines, newline)
    scalar = scalar_in(text)
    for word in " ".join(lines).split():
        offset = scalar.text.index(word)
        start, end = source_range(scalar, Span(offset, offset + len(word)))
        source = text[start:end].replace("''", "'") if style == "'" else text[start:end]
        if style == '"':
            source = source.replace("\\u00e9", "é").replace('\\"', '"').replace("\\\\", "\\")
        assert source == word


def apply(text: str, edit: Edit) -> str:
    return text[: edit.span.start] + edit.text + text[edit.span.end :]


@given(st.sampled_from("|>'\""), LINES, NEWLINES, WORDS, st.data())
def test_an_edit_changes_those_characters_and_no_others(style, lines, newline, new, data):
    text = written(style, lines, newline)
    scalar = scalar_in(text)
    start = data.draw(st.integers(0, len(scalar.text)))
    end = data.draw(st.integers(start, len(scalar.text)))
    new = new.strip() or "x"
    edit = replace_scalar(scalar, new, Span(start, end))
    assume(edit is not None)
    changed = scalar.text[:start] + new + scalar.text[end:]
    # White space at the edges of a block's lines belongs to YAML; what stands between is the author's.
    assert scalar_in(apply(text, edit)).text.split() == changed.split()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), st.sampled_from(["x", "'x'", '"x"']))
def test_a_replaced_scalar_reads_as_the_new_text(new, old):
    text = f"key: {old}\n"
    edit = replace_scalar(scalar_in(text), new)
    assert edit is not None
    assert scalar_in(apply(text, edit)).value == new


MANIFEST = """\
version: 1
name: shop
target: &target {subscription: 0, resource_group: rg, location: westeurope}
workspace: {name: law-shop}
tables:
  Orders_CL:
    columns:
      TimeGenerated: datetime
      Amount: {type: real, description: gross}   # in EUR

streams:
  Custom-Orders: Orders_CL
  Custom-One: {table: Orders_CL, transform: {file: many.kql}, columns: {type: &s string, description: *s}}
  Custom-Many:
    columns: {TimeGenerated: datetime}
    flows:
      - table: Orders_CL
        transform: {file: many.kql}
variables: {env: {default: dev}}
tags: {stage: $(env), team: &team platform, again: *team}
environments:
  prod:
    tables: {Orders_CL: {plan: basic}}
"""


@pytest.fixture
def document(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("provisioner.yaml").write_text(MANIFEST)
    Path("many.kql").write_bytes(b"source\r\n| where Amount > 3\r\n")
    return load.load_document(".", "prod")


@pytest.mark.parametrize(
    ("path", "at", "where"),
    [
        (("tables", "Orders_CL"), "key", "provisioner.yaml:6:3"),
        (("tables", "Orders_CL", "columns", "Amount"), "value", "provisioner.yaml:9:22"),
        (("tables", "Orders_CL", "columns", "Amount"), "key", "provisioner.yaml:9:7"),
        (("tables", "Orders_CL", "columns", "TimeGenerated", "type"), "value", "provisioner.yaml:8:22"),
        (("tables", "Orders_CL", "plan"), "value", "provisioner.yaml:23:32"),
        (("tables", "Orders_CL", "retention"), "value", "provisioner.yaml:6:3"),
        (("streams", "Custom-Orders", "table"), "value", "provisioner.yaml:12:18"),
        (("streams", "Custom-Orders", "flows", 0, "table"), "value", "provisioner.yaml:12:18"),
        (("streams", "Custom-Many", "flows", 0, "table"), "value", "provisioner.yaml:17:16"),
        (("streams", "Custom-Many", "flows", 0, "transform"), "value", "many.kql:1:1"),
        (("streams", "Custom-One", "flows", 0, "transform"), "value", "many.kql:1:1"),
        (("streams", "Custom-One", "transform"), "value", "many.kql:1:1"),
        (("streams", "Custom-One", "columns"), "value", "provisioner.yaml:13:72"),
        (("dcrs", "dcr-shop"), "value", "provisioner.yaml:1:1"),
        (("environments", "prod", "tables", "Orders_CL"), "key", "provisioner.yaml:23:14"),
    ],
)
def test_a_path_leads_to_its_word_or_to_where_it_should_stand(document, path, at, where):
    assert str(document.place(path, at)) == where


def test_a_span_in_a_file_with_other_line_ends_is_found_in_that_file(document):
    transform = document.manifest.streams["Custom-Many"].flows[0].transform
    at = transform.index("Amount")
    position = document.place(("streams", "Custom-Many", "flows", 0, "transform"), span=Span(at, at + 6))
    assert (str(position), position.end_column) == ("many.kql:2:9", 15)


def test_an_edit_of_a_file_with_other_line_ends_counts_in_that_file(document):
    transform = document.manifest.streams["Custom-Many"].flows[0].transform
    at = transform.index("3")
    edit = document.edit(("streams", "Custom-Many", "flows", 0, "transform"), "4\n| take 1", span=Span(at, at + 1))
    assert edit == Edit(Span(25, 26), "4\r\n| take 1", "many.kql")


@pytest.mark.parametrize(
    "path",
    [("tags", "stage"), ("tags", "team"), ("tags", "again"), ("dcrs", "dcr-shop"), ("target", "none")],
    ids=["interpolated", "anchored", "aliased", "derived", "missing"],
)
def test_what_is_not_plainly_written_is_not_edited(document, path):
    assert document.edit(path, "x") is None


@pytest.mark.parametrize(
    ("path", "key", "text", "expected"),
    [
        (("tables", "Orders_CL"), "retention", "30", "# in EUR\n    retention: 30\n\nstreams:"),
        (("tables", "Orders_CL", "columns"), "Name", "string", "# in EUR\n      Name: string\n\nstreams:"),
        (("workspace",), "retention", "30", "workspace: {name: law-shop, retention: 30}\n"),
        (
            (),
            "dcrs",
            "dcr-a:\n  streams: [Custom-Many]",
            "{plan: basic}}\ndcrs:\n  dcr-a:\n    streams: [Custom-Many]\n",
        ),
        (("streams", "Custom-Many", "flows", 0), "x", "1", "transform: {file: many.kql}\n        x: 1\n"),
    ],
)
def test_an_entry_is_added_in_the_authors_layout(document, path, key, text, expected):
    edit = document.insert(path, key, text)
    changed = apply(MANIFEST, edit)
    assert expected in changed
    root, diagnostics = compose_yaml(SourceText(Path("x.yaml"), changed))
    assert root is not None
    assert not diagnostics


@pytest.mark.parametrize(
    ("path", "key", "text", "expected"),
    [
        (
            ("streams", "Custom-Orders"),
            "transform",
            "source",
            "  Custom-Orders: {table: Orders_CL, transform: source}\n",
        ),
        (
            ("streams", "Custom-Orders"),
            "transform",
            "|\nsource\n| take 1",
            "  Custom-Orders:\n    table: Orders_CL\n    transform: |\n      source\n      | take 1\n",
        ),
        (
            ("tables", "Orders_CL", "columns", "TimeGenerated"),
            "description",
            "when",
            "TimeGenerated: {type: datetime, description: when}\n",
        ),
    ],
)
def test_a_bare_word_becomes_a_mapping_to_hold_more(document, path, key, text, expected):
    changed = apply(MANIFEST, document.insert(path, key, text))
    assert expected in changed
    root, diagnostics = compose_yaml(SourceText(Path("x.yaml"), changed))
    assert root is not None
    assert not diagnostics


def test_a_bare_word_in_one_line_with_others_takes_no_block(document):
    assert document.insert(("streams", "Custom-One", "columns", "type"), "description", "a\nb") is None


def test_explicit_tells_what_the_author_wrote(document):
    assert document.explicit(("tables", "Orders_CL", "plan"))
    assert not document.explicit(("tables", "Orders_CL", "retention"))
    assert not document.explicit(("dcrs", "dcr-shop"))


def test_positions_count_a_byte_order_mark_only_in_edits(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("provisioner.yaml").write_text("\ufeffversion: 1\nname: shop\n", encoding="utf-8")
    document = load.load_document(".")
    assert str(document.place(("version",))) == "provisioner.yaml:1:10"
    assert document.edit(("name",), "shop2").span == Span(18, 22)


@pytest.mark.parametrize(
    ("text", "editable"),
    [("'ends $'", True), ("costs $5", True), ("'$(x) and more'", False), ("$$5 more", False)],
)
def test_only_a_text_that_uses_variables_is_left_alone(text, editable):
    scalar = scalar_in(f"key: {text}\n")
    assert (replace_scalar(scalar, "new") is not None) == editable
    assert (replace_scalar(scalar, "new", Span(0, 2)) is not None) == editable
