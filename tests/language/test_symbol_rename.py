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


STREAM_AMOUNT, TABLE_AMOUNT = "Amount: real}\n    table", "Amount: real}\nstreams"


def renamed_files(folder, files, needle, new):
    """The texts of a project's files after a rename at the first `needle` of the manifest, with the findings around."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    main = folder / "provisioner.yaml"
    workspace = LanguageWorkspace((folder,))
    file = workspace.file(main)
    before = [one.code for one in file.analysis.diagnostics]
    by_file = {}
    for path, edit in rename_edits(
        NameIndex(file.analysis, workspace.buffers), file.path, files["provisioner.yaml"].index(needle), new
    ):
        by_file.setdefault(path.name, []).append(edit)
    for name, edits in by_file.items():
        workspace.buffers.set_text(folder / name, apply_edits(files[name], edits))
    after = [one.code for one in workspace.file(main).analysis.diagnostics]
    return {name: workspace.buffers.source(folder.resolve() / name).text for name in files}, before, after


@pytest.mark.parametrize(
    ("transform", "needle", "new", "written"),
    [
        (
            'source | project Amount = columnifexists("Amount", 0.0)',
            STREAM_AMOUNT,
            "Sum",
            'Amount = columnifexists("Sum", 0.0)',
        ),
        ("source | project columnifexists('Amount', 0.0)", STREAM_AMOUNT, "Sum", "Amount = columnifexists('Sum', 0.0)"),
        (
            "source | project columnifexists('Amount', 0.0)",
            TABLE_AMOUNT,
            "Sum",
            "project Sum = columnifexists('Amount', 0.0)",
        ),
        ("source | project toreal(Amount)", STREAM_AMOUNT, "Sum", "project Amount = toreal(Sum)"),
        ("source | project round(toreal(Amount), 2)", TABLE_AMOUNT, "Sum", "project Sum = round(toreal(Amount), 2)"),
        (
            "source | extend order.id | project TimeGenerated = placed, OrderId = tostring(order_id)",
            "order: dynamic",
            "body",
            "extend order_id = body.id | project TimeGenerated = placed, OrderId = tostring(order_id)",
        ),
    ],
)
def test_a_name_in_quotes_or_taken_over_is_one_of_the_names(transform, needle, new, written, tmp_path):
    text = HEAD + STREAMS.replace("TRANSFORM", transform)
    result, before, after = renamed(tmp_path, text, needle, new)
    assert before == after
    assert written in result


@pytest.mark.parametrize(
    ("name", "text", "written"),
    [
        ("orders.json", '[{"placed": "2026-01-01T10:00:00Z", "Amount": {"Amount": 1}}, {"Amount" : 2}]', '{"Sum" : 2}'),
        ("orders.ndjson", '{"Amount": 1}\r\n{"order": {"Amount": 2}, "Amount": 3}\r\n', ', "Sum": 3}'),
        ("orders.json", '{"Am\\u006funt": 1}', '{"Sum": 1}'),
        ("orders.json", "[{}]", "[{}]"),
        ("orders.csv", "placed,Amount,order\n2026-01-01,1,Amount\n", "placed,Sum,order\n2026-01-01,1,Amount\n"),
        ("orders.csv", 'placed;"Amount"\r\n2026-01-01;1\r\n', 'placed;"Sum"\r\n2026-01-01;1\r\n'),
        ("orders.tsv", "Amount\tplaced\n1\t2026-01-01\n", "Sum\tplaced\n1\t2026-01-01\n"),
        ("orders.csv", "Amounts,Amount\n1,2", "Amounts,Sum\n1,2"),
    ],
)
def test_files_of_samples_have_the_new_name(name, text, written, tmp_path):
    streams = STREAMS.replace("TRANSFORM", PROJECT).replace(
        '[{placed: "2026-01-01T10:00:00Z", order: {id: A1}, Amount: 2}]\n    t', f"{{file: {name}}}\n    t"
    )
    files = {"provisioner.yaml": HEAD + streams, name: text}
    texts, before, after = renamed_files(tmp_path, files, "Amount: real}\n    table", "Sum")
    assert before == after
    assert written in texts[name]


def test_a_file_of_two_streams_is_renamed_for_both(tmp_path):
    second = STREAMS.partition("\n")[2].replace("Custom-Orders", "Custom-Others")
    streams = (STREAMS + second).replace("TRANSFORM", "{file: orders.kql}")
    files = {"provisioner.yaml": HEAD + streams, "orders.kql": PROJECT + "\n"}
    texts, before, after = renamed_files(tmp_path, files, "Amount: real}\n    table", "Sum")
    assert before == after
    assert texts["orders.kql"].endswith("Amount = Sum\n")
    assert texts["provisioner.yaml"].count("Sum: real") == 2


def test_an_application_is_renamed_with_the_grants_that_name_it(tmp_path):
    text = HEAD + "applications: {shop: {}}\ngrants: {sends: {principal: {application: shop}}}\n"
    result, before, after = renamed(tmp_path, text, "shop: {}", "webshop-sender")
    assert before == after
    assert "applications: {webshop-sender: {}}" in result
    assert "{application: webshop-sender}" in result


def test_a_column_of_a_workspace_transform_is_the_tables(tmp_path):
    transform = """\
workspace_transforms:
  Orders_CL:
    transform: source | where Amount > 1 | extend OrderId = toupper(OrderId)
    samples: [{OrderId: a1, Amount: 2}]
    tests:
      - {name: t, given: [{OrderId: a1, Amount: 2}], expect: [{OrderId: A1, Amount: 2}]}
"""
    result, before, after = renamed(tmp_path, HEAD + transform, "Amount: real", "Sum")
    assert before == after
    assert "Amount" not in result
    assert "project-rename" not in result
