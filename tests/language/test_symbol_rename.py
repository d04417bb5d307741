"""A rename leaves what everything means as it was: what comes out keeps its name, what is read gets the new one."""

from __future__ import annotations

import pytest

from provisioner.errors import ProvisionerError
from provisioner.language.language_workspace import LanguageWorkspace
from provisioner.language.name_index import NameIndex
from provisioner.language.symbol_rename import rename_edits
from provisioner.validate.fixes import apply_edits
from tests.support.kql_places import HEAD

STREAMS = """\
streams:
  Custom-Orders:
    columns: {placed: datetime, order: dynamic, Amount: real}
    table: Orders_CL
    samples: [{placed: "2026-01-01T10:00:00Z", order: {id: A1}, Amount: 2}]
    transform: TRANSFORM
    tests:
      - name: t
        given: [{placed: "2026-01-01T10:00:00Z", order: {id: A1}, Amount: 2}]
        expect: [{OrderId: A1, Amount: 2}]
"""
PLAIN = """\
  Custom-Plain:
    columns: {TimeGenerated: datetime, OrderId: string, Amount: real}
    table: Orders_CL
"""
PROJECT = "source | project TimeGenerated = placed, OrderId = tostring(order.id), Amount"
EXTEND = "source | extend TimeGenerated = placed, OrderId = tostring(order.id) | project-away placed, order"


def renamed(tmp_path, text, needle, new):
    """The text after a rename of what stands at the first `needle`, with the findings before and after."""
    path = tmp_path / "provisioner.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    workspace = LanguageWorkspace((tmp_path,))
    file = workspace.file(path)
    before = [one.code for one in file.analysis.diagnostics]
    edits = rename_edits(NameIndex(file.analysis, workspace.buffers), file.path, text.index(needle), new)
    workspace.buffers.set_text(path, apply_edits(text, [edit for _, edit in edits]))
    file = workspace.file(path)
    return file.source.text, before, [one.code for one in file.analysis.diagnostics]


@pytest.mark.parametrize(
    ("transform", "needle", "new", "written"),
    [
        (PROJECT, "Amount: real}\n    table", "Sum", ["Amount = Sum", "Sum: 2", "expect: [{OrderId: A1, Amount: 2}]"]),
        (PROJECT, "Amount: real}\nstreams", "Sum", ["Sum = Amount", "Sum: 2}]\n", "given: [{placed"]),
        (EXTEND, "Amount: real}\n    table", "Sum", ["project-away placed, order | project-rename Amount = Sum"]),
        (EXTEND, "Amount: real}\nstreams", "Sum", ["order | project-rename Sum = Amount"]),
        (EXTEND, "placed: datetime", "at", ["TimeGenerated = at", "project-away at, order"]),
        (PROJECT, "OrderId: string", "Id", ["Id = tostring(order.id)", "expect: [{Id: A1"]),
    ],
)
def test_a_column_is_renamed_and_nothing_else_changes(transform, needle, new, written, tmp_path):
    text = HEAD + STREAMS.replace("TRANSFORM", transform)
    result, before, after = renamed(tmp_path, text, needle, new)
    assert before == after
    for piece in written:
        assert piece in result


def test_a_stream_without_a_transform_gets_one(tmp_path):
    text = HEAD + "streams:\n" + PLAIN
    result, before, after = renamed(tmp_path, text, "Amount: real}\nstreams", "Sum")
    assert before == after
    assert "    transform: source | project-rename Sum = Amount\n" in result


def test_a_stream_that_takes_its_columns_from_the_table_is_renamed_with_it(tmp_path):
    text = (
        HEAD
        + """\
streams:
  Custom-Orders:
    table: Orders_CL
    samples: [{Amount: 1.5}]
    transform: source | where Amount > 1
"""
    )
    result, before, after = renamed(tmp_path, text, "Amount: real", "Sum")
    assert before == after
    assert "Amount" not in result


def test_a_text_with_errors_gets_no_operator(tmp_path):
    text = HEAD + STREAMS.replace("TRANSFORM", "source | extend OrderId = strlenn(order) | project-away order")
    result, before, after = renamed(tmp_path, text, "order: dynamic", "body")
    assert before == after
    assert "project-rename" not in result
    assert "project-away body" in result


@pytest.mark.parametrize(
    ("needle", "new", "message"),
    [
        ("OrderId: string", "Amount", "there is a 'Amount' already"),
        ("OrderId: string", "1st", "cannot be a name"),
        ("OrderId: string", "two words", "cannot be a name"),
        ("OrderId: string", "", "cannot be a name"),
        ("TimeGenerated: datetime", "When", "keeps its name"),
        ("version", "edition", "nothing here has a name"),
    ],
)
def test_a_rename_that_cannot_be_is_refused_in_words(needle, new, message, tmp_path):
    text = HEAD + STREAMS.replace("TRANSFORM", PROJECT)
    with pytest.raises(ProvisionerError, match=message):
        renamed(tmp_path, text, needle, new)
