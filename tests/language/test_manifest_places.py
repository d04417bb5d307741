"""What an editor asks outside of KQL: keys, words, names, files; in the manifest, an included file and an overlay."""

from __future__ import annotations

import re

import pytest

from provisioner.language.code_lenses import code_lenses
from provisioner.language.document_links import document_links
from provisioner.language.kql_completion import complete_kql
from provisioner.language.language_file import ManifestPlace
from provisioner.language.language_workspace import LanguageWorkspace
from provisioner.language.manifest_completion import complete_manifest
from provisioner.language.manifest_hover import hover_manifest
from provisioner.language.outline import folding_lines, outline, selection_spans
from provisioner.language.sample_tests import sample_test_actions
from provisioner.language.text_formatting import format_source
from provisioner.language.transform_actions import transform_actions
from provisioner.lsp.completion_features import word_span
from provisioner.lsp.transform_test_runs import run_tests
from provisioner.validate.fixes import apply_edits
from tests.support.kql_places import HEAD, STREAM, place_transform

WHOLE = HEAD + STREAM + "    transform: source | project TimeGenerated = placed, OrderId = '', Amount = 0.0\n"
APPLICATION = "applications: {shop-sender: {federated: [{issuer: https://x, subject: s}]}}\n"


def workspace_of(folder, text, path="provisioner.yaml", **others):
    """A workspace whose file `path` has the text, with the offset of its `^`."""
    offset = text.find("^")
    workspace = LanguageWorkspace((folder,))
    for name, content in {**others, path: text.replace("^", "", 1)}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8", newline="")
        workspace.buffers.set_text(file, content)
    return workspace, folder / path, max(offset, 0)


def labels(folder, text, path="provisioner.yaml", good=None, **others):
    workspace, file, offset = workspace_of(folder, good or text, path, **others)
    if good is not None:
        # The project was whole once: its names stay while the text is half typed.
        assert workspace.file(file).analysis.manifest is not None
        offset = text.find("^")
        workspace.buffers.set_text(file, text.replace("^", "", 1))
    place = workspace.file(file).place(offset)
    assert isinstance(place, ManifestPlace), place
    return {item.label for item in complete_manifest(place)}


@pytest.mark.parametrize(
    ("text", "proposed", "absent"),
    [
        (WHOLE + "^", {"dcrs", "grants", "variables", "environments"}, {"tables", "version"}),
        (WHOLE.replace("  Orders_CL:\n", "  Orders_CL:\n    ^\n"), {"plan", "retention", "description"}, {"columns"}),
        (WHOLE.replace("  Orders_CL:\n", "  Orders_CL:\n    plan: ^\n"), {"analytics", "basic", "auxiliary"}, {"plan"}),
        (WHOLE.replace("OrderId: string", "OrderId: ^"), {"string", "datetime", "dynamic"}, {"Orders_CL"}),
        (WHOLE.replace("table: Orders_CL", "table: ^"), {"Orders_CL", "CommonSecurityLog"}, {"Custom-Orders"}),
        (WHOLE + "dcrs:\n  d: {streams: [^]}\n", {"Custom-Orders"}, {"Orders_CL"}),
        (WHOLE + "dcrs:\n  d:\n    streams:\n      - ^\n", {"Custom-Orders"}, {"Orders_CL"}),
        (WHOLE.replace("location: westeurope", "location: ^"), {"westeurope", "northeurope"}, set()),
        (WHOLE + "    tests:\n      - ^\n", {"name", "given", "expect"}, {"table"}),
        (WHOLE + "    tests:\n      - name: x\n        given: [{^}]\n", {"placed", "order"}, {"Amount"}),
        (
            WHOLE + "    tests:\n      - name: x\n        given: []\n        expect: [{^}]\n",
            {"Amount", "OrderId"},
            {"order"},
        ),
        (WHOLE + "    tests:\n      ^\n", {"new test"}, set()),
        (WHOLE.replace("  Orders_CL:\n", "  ^\n  Orders_CL:\n"), {"new table", "CommonSecurityLog"}, set()),
        (WHOLE + "environments:\n  prod:\n    ^\n", {"target", "tables", "variables"}, {"version", "environments"}),
        (WHOLE + "environments:\n  prod:\n    tables:\n      ^\n", {"Orders_CL"}, {"CommonSecurityLog"}),
        (WHOLE + "environments:\n  prod:\n    streams: {^}\n", {"Custom-Orders"}, set()),
        (WHOLE + "grants:\n  a: {principal: self, dcrs: [^]}\n", set(), {"Orders_CL"}),
        (WHOLE + "grants:\n  a: {principal: {application: ^}}\napplications: {shop: {}}\n", {"shop"}, {"self"}),
        (WHOLE + "monitoring: {alerts: {silence: ^}}\n", {"2h", "1d"}, {"7h"}),
        (WHOLE.replace("name: law-webshop", "name: law-webshop, sku: {commitment: ^}"), {"100", "50000"}, {"150"}),
        (
            WHOLE
            + "workspace_transforms: {Event: {transform: source}}\nenvironments: {prod: {workspace_transforms: {^}}}\n",
            {"Event"},
            {"Syslog"},
        ),
        (
            WHOLE.replace("rg-webshop", "$(^", 1) + "variables: {group: {description: the group}}\n",
            {"$(group)", "$(environment)"},
            set(),
        ),
        (WHOLE + "variables: {days: 30}\ntags: {a: $(^}\n", {"$(days)", "$(environment)"}, set()),
        (
            WHOLE + "variables: {days: {default: 30}}\nenvironments:\n  prod:\n    variables:\n      ^\n",
            {"days"},
            {"new variable"},
        ),
        (WHOLE + "applications:\n  ^\n", {"new application"}, set()),
        (WHOLE + "workspace_transforms:\n  ^\n", {"new workspace transform", "Syslog"}, set()),
        (WHOLE + APPLICATION + "grants: {a: {principal: {application: ^}}}\n", {"shop-sender"}, {"self"}),
        (WHOLE + APPLICATION + "environments:\n  prod:\n    applications:\n      ^\n", {"shop-sender"}, set()),
        (WHOLE + "    sender: ^\n", {"fluent-bit", "vector"}, set()),
        (WHOLE + "monitoring:\n  alerts:\n    ^\n", {"silence", "action_groups"}, {"errors"}),
        ("^", {"new manifest", "version", "name"}, set()),
    ],
)
def test_what_can_be_written_is_proposed(text, proposed, absent, tmp_path):
    good = WHOLE if "variables" not in text and text != "^" else None
    if "variables: {" in text:
        good = text.replace("$(^", "rg-webshop")
    shown = labels(tmp_path, text, good=good)
    assert proposed <= shown
    assert not absent & shown


def test_in_an_included_file_the_same_is_proposed(tmp_path):
    head = HEAD + "include: [parts/*.yaml]\n"
    shown = labels(tmp_path, STREAM.replace("Orders_CL", "^"), "parts/s.yaml", **{"provisioner.yaml": head})
    assert "Orders_CL" in shown
    shown = labels(tmp_path, STREAM + "^", "parts/s.yaml", **{"provisioner.yaml": head})
    assert {"tables", "dcrs"} <= shown
    assert "target" not in shown


def test_files_are_proposed_where_they_can_stand(tmp_path):
    text = HEAD + STREAM + "    transform: {file: ^}\n"
    shown = labels(tmp_path, text, **{"orders.kql": "source", "data/a.json": "[]"})
    assert shown == {"orders.kql"}


@pytest.mark.parametrize(
    ("needle", "texts"),
    [
        ("retention: 30", ["**retention**", "Days rows can be queried"]),
        ("Orders_CL:", ["Plan basic", "30 days", "Written by Custom-Orders", "`OrderId`: string"]),
        ("OrderId:", ["**Orders_CL.OrderId**: string", "written by Custom-Orders from `order`"]),
        ("order:", ["**Custom-Orders.order**: dynamic", "goes into `Orders_CL.OrderId`"]),
        ("basic", ["**basic** · plan", "`analytics`"]),
        ("Custom-Orders:", ["into Orders_CL", "1 sample"]),
        ("Orders_CL\n", ["**Orders_CL**"]),
    ],
)
def test_keys_and_names_are_explained(needle, texts, tmp_path):
    text = (HEAD + STREAM).replace("    columns: {Time", "    plan: basic\n    retention: 30\n    columns: {Time")
    text += "    transform: source | project TimeGenerated = placed, OrderId = tostring(order.id), Amount = 0.0\n"
    workspace, path, offset = workspace_of(tmp_path, text.replace(needle, f"^{needle}", 1))
    hover = hover_manifest(workspace.file(path).place(offset))
    assert hover is not None
    for shown in texts:
        assert shown in hover.markdown


@pytest.mark.parametrize(
    ("before", "texts"),
    [
        ("applications: {", ["without a secret", "`s` of https://x", "named by sends"]),
        ("application: ", ["without a secret"]),
        ("grants: {", ["application: shop-sender has the role Monitoring Metrics Publisher on shop"]),
        ("dcrs: {", ["endpoint direct", "It takes Custom-Orders."]),
        ("dcrs: [", ["It takes Custom-Orders."]),
    ],
)
def test_names_of_who_may_send_are_explained(before, texts, tmp_path):
    text = (
        f"{WHOLE}dcrs: {{shop: {{streams: [Custom-Orders]}}}}\n{APPLICATION}"
        "grants: {sends: {principal: {application: shop-sender}, dcrs: [shop]}}\n"
    )
    workspace, path, offset = workspace_of(tmp_path, text.replace(before, f"{before}^", 1))
    markdown = hover_manifest(workspace.file(path).place(offset)).markdown
    for shown in texts:
        assert shown in markdown


def test_one_of_azures_tables_is_explained_with_its_columns(tmp_path):
    text = WHOLE.replace("table: Orders_CL", "table: ^Syslog")
    workspace, path, offset = workspace_of(tmp_path, text)
    hover = hover_manifest(workspace.file(path).place(offset))
    assert "One of Azure's tables" in hover.markdown
    assert "`SyslogMessage`: string" in hover.markdown


def test_files_and_addresses_are_links(tmp_path):
    text = HEAD + "# https://example.org/page\ninclude: [parts/*.yaml]\n"
    workspace, path, _ = workspace_of(
        tmp_path, text, **{"parts/s.yaml": STREAM + "    transform: {file: a.kql}\n", "parts/a.kql": "source"}
    )
    targets = [link.address or link.path.name for link in document_links(workspace.file(path))]
    assert targets == ["s.yaml", "https://example.org/page"]
    (link,) = document_links(workspace.file(tmp_path / "parts" / "s.yaml"))
    assert link.path == (tmp_path / "parts" / "a.kql").resolve()


def test_the_outline_has_every_name_and_lines_can_be_folded(tmp_path):
    placed = place_transform("block", "source\n| project\n    TimeGenerated = placed", tmp_path)
    items = {item.name: item for item in outline(placed.file)}
    (stream,) = items["streams"].children
    assert stream.kind == "stream"
    assert [child.name for child in stream.children[0].children] == ["placed", "order"]
    source = placed.file.source
    project = source.line_and_column(source.text.index("| project"))[0] - 1
    assert (project, project + 1) in folding_lines(placed.file)


def test_a_selection_grows_from_the_word_to_the_file(tmp_path):
    placed = place_transform("block", "source\n| where isnotempty(placed)", tmp_path)
    offset = placed.text.index("(placed") + 2
    texts = [placed.text[span.start : span.end].strip() for span in selection_spans(placed.file, offset)]
    assert texts[:3] == ["placed", "where isnotempty(placed)", "source\n      | where isnotempty(placed)"]
    assert texts[-1] == placed.text.strip()


def test_a_transform_moves_into_a_file_and_back(tmp_path):
    kql = "source\n| project TimeGenerated = placed, OrderId = tostring(order.id), Amount = 0.0"
    placed = place_transform("block", kql, tmp_path)
    offset = placed.text.index("| project")
    (action,) = [one for one in transform_actions(placed.file, offset) if one.kind == "refactor.extract"]
    ((path, content),) = action.new_files
    assert content == kql + "\n"
    placed.workspace.buffers.set_text(path, content)
    placed.workspace.buffers.set_text(placed.path, apply_edits(placed.text, [edit for _, edit in action.edits]))
    assert "transform: {file: orders.kql}" in placed.text
    assert placed.file.analysis.diagnostics == ()
    (action,) = transform_actions(placed.workspace.file(path), 3)
    placed.workspace.buffers.set_text(placed.path, apply_edits(placed.text, [edit for _, edit in action.edits]))
    assert placed.file.analysis.diagnostics == ()
    flow = placed.file.analysis.manifest.streams["Custom-Orders"].flows[0]
    assert flow.transform.strip() == kql


def test_a_test_is_made_from_a_sample_and_passes(tmp_path):
    kql = "source\n| project TimeGenerated = placed, OrderId = tostring(order.id), Amount = toreal(order.amount)"
    placed = place_transform("block", kql, tmp_path)
    (action,) = sample_test_actions(placed.file, placed.text.index("samples") + 2)
    placed.workspace.buffers.set_text(placed.path, apply_edits(placed.text, [edit for _, edit in action.edits]))
    assert placed.file.analysis.diagnostics == ()
    (test,) = placed.file.analysis.manifest.streams["Custom-Orders"].tests
    assert test.expect["Orders_CL"][0]["Amount"] == 9.5
    (action,) = sample_test_actions(placed.file, placed.text.index("samples") + 2)
    placed.workspace.buffers.set_text(placed.path, apply_edits(placed.text, [edit for _, edit in action.edits]))
    assert len(placed.file.analysis.manifest.streams["Custom-Orders"].tests) == 2


def test_columns_are_inferred_from_samples(tmp_path):
    text = HEAD + STREAM.replace("    columns: {placed: datetime, order: dynamic}\n", "")
    text += "    transform: source | project TimeGenerated = now()\n"
    workspace, path, _ = workspace_of(tmp_path, text)
    file = workspace.file(path)
    (action,) = transform_actions(file, text.index("Custom-Orders") + 2)
    new = apply_edits(text, [edit for _, edit in action.edits])
    assert "columns: {placed: datetime, order: dynamic}" in new


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("kind", ["block", "quoted", "plain", "included", "overlay", "file"])
def test_formatting_changes_the_kql_alone_and_once(kind, newline, tmp_path):
    placed = place_transform(kind, "source\n|   where   isnotempty( placed )\n| extend a=1", tmp_path)
    text = placed.text.replace("\n", newline)
    placed.workspace.buffers.set_text(placed.path, text)
    file = placed.file
    formatted = format_source(file.source, file.tree)
    assert "| where isnotempty(placed)" in formatted
    assert formatted.count("\r") == (formatted.count("\n") if newline == "\r\n" else 0)
    placed.workspace.buffers.set_text(placed.path, formatted)
    assert format_source(placed.file.source, placed.file.tree) == formatted
    assert placed.file.analysis.manifest is not None


def expanded(snippet):
    """What a snippet writes where its first proposals are taken."""
    text = re.sub(r"\$\{(\d+)\|([^,|]*)[^|]*\|\}", r"\2", snippet)
    text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text)
    return re.sub(r"\$\{?\d+\}?", "", text)


def completed(text, label, good=None):
    """The text with the proposal of this label taken at `^`, its lines indented as an editor indents them."""

    def complete(folder):
        workspace, path, offset = workspace_of(folder, good or text)
        offset = text.find("^")
        assert workspace.file(path).analysis is not None
        workspace.buffers.set_text(path, text.replace("^", "", 1))
        place = workspace.file(path).place(offset)
        item = next(item for item in complete_manifest(place) if item.label == label)
        line = text[text.rfind("\n", 0, offset) + 1 : offset]
        written = expanded(item.text).replace("\n", "\n" + line[: len(line) - len(line.lstrip())])
        return text[: place.cursor.token.start] + written + text[offset + 1 :]

    return complete


def test_an_empty_file_becomes_a_green_manifest_by_proposals_alone(tmp_path):
    text = completed("^", "new manifest")(tmp_path)
    workspace, path, _ = workspace_of(tmp_path, text)
    assert workspace.file(path).analysis.diagnostics == ()
    flow = workspace.file(path).analysis.manifest.streams["Custom-Orders"].flows[0]
    assert flow.table == "Orders_CL"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("tables:\n  ^\n", "new table"),
        ("streams:\n  ^\n", "new stream"),
        ("grants:\n  ^\n", "new grant"),
        ("variables:\n  ^\n", "new variable"),
        ("environments:\n  ^\n", "new environment"),
    ],
)
def test_a_new_entry_is_whole(text, label, tmp_path):
    head = (
        HEAD.replace("tables:\n", "")
        .replace("  Orders_CL:\n", "")
        .replace("    columns: {TimeGenerated: datetime, OrderId: string, Amount: real}\n", "")
    )
    new = completed(head + text, label, good=head)(tmp_path)
    workspace, path, _ = workspace_of(tmp_path, new)
    codes = {one.code for one in workspace.file(path).analysis.diagnostics if one.severity == "error"}
    # A stream alone leads to a table that is not there yet, a variable has no value yet, a key of an overlay neither.
    assert codes <= {"STR003", "STR004", "VAR001", "MAN002", "MAN003", "MAN017"}, codes


def test_a_proposal_goes_between_the_quotes(tmp_path):
    text = HEAD.replace("westeurope", '"west^"')
    workspace, path, offset = workspace_of(tmp_path, text)
    place = workspace.file(path).place(offset)
    span = word_span(place)
    assert place.file.source.text[span.start : span.end] == "west"


def test_four_thousand_tables_in_one_file_are_answered(tmp_path):
    columns = "    columns: {TimeGenerated: datetime, A: string}\n"
    tables = "".join(f"  T{number}_CL:\n{columns}" for number in range(4000))
    text = HEAD + tables + "^"
    workspace, path, offset = workspace_of(tmp_path, text)
    file = workspace.file(path)
    assert {"streams", "dcrs"} <= {item.label for item in complete_manifest(file.place(offset))}
    assert hover_manifest(file.place(text.index("T3999_CL") + 1)) is not None
    assert file.analysis.file_diagnostics(file.source, file.tree) == file.analysis.diagnostics
    assert len(outline(file)[-1].children) == 4001


def test_a_workspaces_own_transform_is_known_like_a_streams(tmp_path):
    text = (
        HEAD
        + """\
workspace_transforms:
  Syslog:
    transform: source | where Facility != "^cron" and tolower(ProcessName) != ""
    samples: [{TimeGenerated: "2026-01-01T10:00:00Z", Facility: auth, ProcessName: sshd}]
"""
    )
    workspace, path, _ = workspace_of(tmp_path, text)
    file = workspace.file(path)
    source = file.source.text
    place = file.place(source.index("tolower(") + len("tolower("))
    assert {"Facility", "ProcessName"} <= {item.label for item in complete_kql(place)}
    assert "One of Azure's tables" in hover_manifest(file.place(source.index("Syslog") + 1)).markdown
    (action,) = sample_test_actions(file, source.index("samples") + 2)
    workspace.buffers.set_text(path, apply_edits(source, [edit for _, edit in action.edits]))
    analysis = workspace.file(path).analysis
    (result,) = run_tests(analysis, "Syslog")
    assert result.ok
    assert [lens.kind for lens in code_lenses(workspace.file(path))] == ["run tests", "show rows", "run tests"]


TESTS = """\
- name: an order
  given: [{placed: "2026-01-01T10:00:00Z", order: {id: A1}}]
  expect: [{OrderId: A1, Amount: 1}]
- name: another
  ^
"""


def test_a_file_of_tests_is_read_as_the_tests_of_its_stream(tmp_path):
    text = WHOLE + "    tests: {file: tests.yaml}\n"
    workspace, path, offset = workspace_of(tmp_path, TESTS, "tests.yaml", **{"provisioner.yaml": text})
    # Half typed as it is, the file has been whole before.
    workspace.buffers.set_text(path, TESTS.partition("- name: another")[0])
    assert workspace.file(path).analysis.manifest.streams["Custom-Orders"].tests
    assert [(lens.stream, lens.test) for lens in code_lenses(workspace.file(path))] == [("Custom-Orders", 0)]
    assert [item.name for item in outline(workspace.file(path))] == ["an order"]
    workspace.buffers.set_text(path, TESTS.replace("^", ""))
    file = workspace.file(path)
    assert {"given", "expect", "expect_error"} <= {item.label for item in complete_manifest(file.place(offset))}

    def hovered(word):
        return hover_manifest(file.place(file.source.text.index(word) + 1)).markdown

    assert "Records as senders post them" in hovered("given")
    assert hovered("placed").startswith("**Custom-Orders.placed**: datetime")
    assert hovered("OrderId").startswith("**Orders_CL.OrderId**: string")


def test_keys_of_an_items_mapping_are_explained(tmp_path):
    text = WHOLE + "applications: {a: {federated: [{^issuer: https://x, subject: s}]}}\n"
    workspace, path, offset = workspace_of(tmp_path, text)
    assert "https address" in hover_manifest(workspace.file(path).place(offset + 1)).markdown
