"""Every request of the protocol that the server answers, over the protocol, in the words of a client."""

from __future__ import annotations

import pytest

from tests.support.kql_places import HEAD
from tests.support.lsp_client import LspClient

STREAMS = """\
streams:
  Custom-Orders:
    columns: {placed: datetime, order: dynamic}
    table: Orders_CL
    samples: [{placed: "2026-01-01T10:00:00Z", order: {id: A1, amount: 9.5}}]
    transform: {file: orders.kql}
    tests:
      - name: an order
        given: [{placed: "2026-01-01T10:00:00Z", order: {id: A1, amount: 9.5}}]
        expect: [{OrderId: A1, Amount: 9.5}]
      - name: another
        given: [{placed: "2026-01-01T10:00:00Z", order: {id: B2, amount: 1}}]
        expect: [{OrderId: wrong}]
"""
KQL = """\
source
| extend Cost = toreal(order.amount)
|   where Cost > 0
| project TimeGenerated = placed, OrderId = tostring(order.id), Amount = Cost
"""
MANIFEST = HEAD + "include: [parts/*.yaml]\nenvironments:\n  prod: {tables: {Orders_CL: {retention: 30}}}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("features")
    (folder / "parts").mkdir()
    (folder / "provisioner.yaml").write_text(MANIFEST, "utf-8")
    (folder / "parts" / "streams.yaml").write_text(STREAMS, "utf-8")
    (folder / "parts" / "orders.kql").write_text(KQL, "utf-8")
    return folder


@pytest.fixture(scope="module")
def client(folder):
    client = LspClient(folder)
    for path in (folder / "provisioner.yaml", folder / "parts" / "streams.yaml", folder / "parts" / "orders.kql"):
        client.open(path)
    yield client
    assert client.close() == 0
    assert client.stderr == []


@pytest.fixture
def kql(folder):
    return folder / "parts" / "orders.kql"


@pytest.fixture
def streams(folder):
    return folder / "parts" / "streams.yaml"


def at(client, path, needle, offset=0, **more):
    text = path.read_text("utf-8")
    index = text.index(needle) + offset
    return client.at(path, text.count("\n", 0, index), index - text.rfind("\n", 0, index) - 1, **more)


def places(locations):
    """Name and line (from 1) of each location."""
    return sorted((location["uri"].rsplit("/", 1)[1], location["range"]["start"]["line"] + 1) for location in locations)


def test_a_name_leads_to_where_it_is_given(client, kql, streams):
    assert places(client.request("textDocument/definition", at(client, kql, "Cost > 0"))) == [("orders.kql", 2)]
    assert places(client.request("textDocument/definition", at(client, kql, "order.amount"))) == [("streams.yaml", 3)]
    assert places(client.request("textDocument/definition", at(client, kql, "OrderId"))) == [("provisioner.yaml", 7)]
    assert places(client.request("textDocument/definition", at(client, streams, "Orders_CL"))) == [
        ("provisioner.yaml", 6)
    ]
    assert places(client.request("textDocument/definition", at(client, streams, "orders.kql", 2))) == [
        ("orders.kql", 1)
    ]


def test_references_are_in_every_file(client, kql):
    context = {"includeDeclaration": True}
    answer = client.request("textDocument/references", at(client, kql, "OrderId", 2, context=context))
    assert places(answer) == [
        ("orders.kql", 4),
        ("provisioner.yaml", 7),
        ("streams.yaml", 10),
        ("streams.yaml", 13),
    ]


def test_a_name_is_highlighted_in_its_file(client, kql):
    answer = client.request("textDocument/documentHighlight", at(client, kql, "Cost =", 2))
    assert sorted(item["range"]["start"]["line"] for item in answer) == [1, 2, 3]
    assert sum(item["kind"] == 3 for item in answer) == 1


def test_a_rename_is_one_edit_of_all_files(client, streams):
    params = at(client, streams, "Custom-Orders", 3)
    assert client.request("textDocument/prepareRename", params)["placeholder"] == "Custom-Orders"
    edit = client.request("textDocument/rename", {**at(client, streams, "Orders_CL", 3), "newName": "Sales_CL"})
    counts = {uri.rsplit("/", 1)[1]: len(edits) for uri, edits in edit["changes"].items()}
    assert counts == {"provisioner.yaml": 2, "streams.yaml": 1}


def test_a_name_that_cannot_be_is_refused_in_words(client, kql):
    number = client.send_request("textDocument/rename", {**at(client, kql, "Cost", 1), "newName": "two words"})
    assert "cannot be a name" in client.answer(number)["error"]["message"]


def test_links_lead_to_files(client, streams):
    (link,) = client.request("textDocument/documentLink", {"textDocument": {"uri": streams.as_uri()}})
    assert link["target"].endswith("parts/orders.kql")


def test_symbols_of_a_file_and_of_the_workspace(client, streams):
    (section,) = client.request("textDocument/documentSymbol", {"textDocument": {"uri": streams.as_uri()}})
    assert [child["name"] for child in section["children"]] == ["Custom-Orders"]
    names = {
        (item["name"], item.get("containerName")) for item in client.request("workspace/symbol", {"query": "order"})
    }
    assert {("Orders_CL", ""), ("OrderId", "Orders_CL"), ("order", "Custom-Orders")} <= names


def test_lines_fold_and_selections_grow(client, streams):
    uri = {"textDocument": {"uri": streams.as_uri()}}
    folds = client.request("textDocument/foldingRange", uri)
    assert {"startLine": 0, "endLine": 12} in [{key: fold[key] for key in ("startLine", "endLine")} for fold in folds]
    (selection,) = client.request(
        "textDocument/selectionRange", {**uri, "positions": [at(client, streams, "placed")["position"]]}
    )
    assert selection["parent"]["range"]["start"]["line"] <= selection["range"]["start"]["line"]


def test_words_of_kql_have_tokens(client, kql):
    data = client.request("textDocument/semanticTokens/full", {"textDocument": {"uri": kql.as_uri()}})["data"]
    assert len(data) % 5 == 0
    assert data[:5] == [0, 0, 6, 0, 0]
    whole = {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}
    part = client.request("textDocument/semanticTokens/range", {"textDocument": {"uri": kql.as_uri()}, "range": whole})
    assert 0 < len(part["data"]) < len(data)


def test_a_signature_is_shown(client, kql):
    answer = client.request("textDocument/signatureHelp", at(client, kql, "toreal(", 7))
    assert answer["signatures"][answer["activeSignature"]]["label"].startswith("toreal(")


def test_the_layout_is_mended_whole_and_in_part(client, kql, streams):
    options = {"textDocument": {"uri": kql.as_uri()}, "options": {"tabSize": 2, "insertSpaces": True}}
    (edit,) = client.request("textDocument/formatting", options)
    assert "| where Cost > 0" in edit["newText"]
    assert client.request("textDocument/formatting", {**options, "textDocument": {"uri": streams.as_uri()}}) == []
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
    assert client.request("textDocument/rangeFormatting", {**options, "range": whole}) == [edit]
    typed = {**options, "position": {"line": 3, "character": 0}, "ch": "\n"}
    assert isinstance(client.request("textDocument/onTypeFormatting", typed), list)


def test_tests_run_from_the_line_above_them(client, streams):
    lenses = client.request("textDocument/codeLens", {"textDocument": {"uri": streams.as_uri()}})
    titles = [lens["command"]["title"] for lens in lenses]
    assert titles[0] == "run tests · 1 of 2 failed"
    assert "show rows" in titles
    assert "run tests · 1 passed" in titles
    command = lenses[0]["command"]
    params = {"command": command["command"], "arguments": command["arguments"]}
    results = client.request("workspace/executeCommand", params)["tests"]
    assert [result["ok"] for result in results] == [True, False]
    rows = next(lens["command"] for lens in lenses if lens["command"]["title"] == "show rows")
    shown = client.request("workspace/executeCommand", {"command": rows["command"], "arguments": rows["arguments"]})
    assert shown["rows"][0]["rows"][0]["Amount"] == 9.5
    listed = client.request(
        "workspace/executeCommand",
        {
            "command": "provisioner.listTests",
            "arguments": [streams.parent.parent.joinpath("provisioner.yaml").as_uri()],
        },
    )
    assert [test["name"] for test in listed["tests"]] == ["an order", "another"]


def test_hints_stand_between_the_words_and_can_be_switched_off(client, kql):
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 4, "character": 0}}
    params = {"textDocument": {"uri": kql.as_uri()}, "range": whole}
    labels = [hint["label"] for hint in client.request("textDocument/inlayHint", params)]
    assert ": real" in labels
    assert "Cost = 9.5" in labels
    client.notify("workspace/didChangeConfiguration", {"settings": {"provisioner": {"inlayHints": False}}})
    assert client.request("textDocument/inlayHint", params) == []
    client.notify("workspace/didChangeConfiguration", {"settings": {"provisioner": {}}})
    assert client.request("textDocument/inlayHint", params)


def actions_at(client, path, needle, offset=0):
    position = at(client, path, needle, offset)["position"]
    return client.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": path.as_uri()},
            "range": {"start": position, "end": position},
            "context": {"diagnostics": []},
        },
    )


def test_a_failed_test_can_expect_what_comes_out(client, streams):
    titles = [action["title"] for action in actions_at(client, streams, "wrong")]
    assert "Let test 'another' expect what comes out now" in titles


def test_a_transform_in_a_file_can_move_into_the_manifest(client, kql):
    (action,) = [one for one in actions_at(client, kql, "extend") if one["kind"] == "refactor.inline"]
    ((uri, (edit,)),) = action["edit"]["changes"].items()
    assert uri.endswith("streams.yaml")
    assert edit["newText"].startswith("|\n      source\n")


def test_findings_are_pulled_for_one_file_and_for_all(client, kql, streams, folder):
    text = kql.read_text("utf-8")
    client.change(kql, text.replace("tostring", "tosting"))
    (finding,) = client.pulled(kql)
    assert finding["code"] == "KQL103"
    reports = client.request("workspace/diagnostic", {"previousResultIds": []})["items"]
    assert [report["uri"] for report in reports if report["items"]] == [kql.as_uri()]
    client.change(kql, text)
    assert client.pulled(kql) == []


def test_the_environment_to_lay_over_is_a_setting(client, folder):
    manifest = folder / "provisioner.yaml"
    text = manifest.read_text("utf-8")
    client.change(manifest, text.replace("retention: 30", "retention: 30000"))
    (finding,) = client.pulled(manifest)
    assert "(in prod)" in finding["message"]
    client.notify("workspace/didChangeConfiguration", {"settings": {"provisioner": {"environment": "prod"}}})
    (finding,) = client.pulled(manifest)
    assert "(in prod)" not in finding["message"]
    client.notify("workspace/didChangeConfiguration", {"settings": {"provisioner": {}}})
    client.change(manifest, text)
    assert client.pulled(manifest) == []


def test_a_finding_has_the_place_that_it_is_about_too(client, kql):
    text = kql.read_text("utf-8")
    client.change(kql, text.replace("Amount = Cost", "Amount = Cost, Extra = 1"))
    (finding,) = [one for one in client.pulled(kql) if one["code"] == "FIT001"]
    (related,) = finding["relatedInformation"]
    assert related["location"]["uri"].endswith("provisioner.yaml")
    assert finding["codeDescription"]["href"].startswith("https://")
    client.change(kql, text)
