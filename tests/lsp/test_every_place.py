"""Each request that has to do with KQL, over the protocol, at every kind of place that a transform is written at."""

from __future__ import annotations

import pytest

from tests.support.kql_places import PLACES, place_transform
from tests.support.lsp_client import LspClient

KQL = """\
source
| extend Cost = toreal(order.amount)
| where Cost > 1
| project TimeGenerated = placed, OrderId = tostring(order.id), Amount = Cost"""
at_every_place = pytest.mark.parametrize("kind", PLACES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("places")


@pytest.fixture(scope="module")
def client(folder):
    client = LspClient(folder)
    yield client
    assert client.close() == 0
    assert client.stderr == []


@pytest.fixture(scope="module")
def files(client, folder):
    """The open file of each kind of place."""
    opened = {}
    for kind in PLACES:
        (folder / kind).mkdir()
        opened[kind] = place_transform(kind, KQL, folder / kind).path
        client.open(opened[kind])
    return opened


def at(client, path, needle, offset=0, **more):
    text = path.read_text("utf-8")
    index = text.rindex(needle) + offset
    return client.at(path, text.count("\n", 0, index), index - text.rfind("\n", 0, index) - 1, **more)


def document(path):
    return {"textDocument": {"uri": path.as_uri()}}


def whole(path):
    lines = path.read_text("utf-8").split("\n")
    return {"start": {"line": 0, "character": 0}, "end": {"line": len(lines) - 1, "character": len(lines[-1])}}


@at_every_place
def test_findings(kind, client, files):
    path = files[kind]
    text = path.read_text("utf-8")
    client.change(path, text.replace("tostring(order.id)", "order.id"))
    codes = {one["code"] for one in client.pulled(path)}
    actions = client.request(
        "textDocument/codeAction", {**document(path), "range": whole(path), "context": {"diagnostics": []}}
    )
    client.change(path, text)
    assert codes == {"FIT003"}
    assert "source.fixAll" in {action["kind"] for action in actions}
    assert [action for action in actions if action.get("isPreferred")]
    assert client.pulled(path) == []


@at_every_place
def test_completion_hover_and_signature(kind, client, files):
    path = files[kind]
    items = client.request("textDocument/completion", at(client, path, "tostring(order.id)", 9))["items"]
    assert {"Cost", "placed", "order"} <= {item["label"] for item in items}
    hover = client.request("textDocument/hover", at(client, path, "Cost > 1", 1))
    assert "comes from `order`" in hover["contents"]["value"]
    shown = client.request("textDocument/signatureHelp", at(client, path, "tostring(order.id)", 12))
    assert shown["signatures"][0]["label"].startswith("tostring(")


@at_every_place
def test_names(kind, client, files):
    path = files[kind]
    (definition,) = client.request("textDocument/definition", at(client, path, "Cost > 1", 1))
    line = at(client, path, "Cost = toreal")["position"]
    assert definition["range"]["start"] == line
    context = {"includeDeclaration": True}
    assert len(client.request("textDocument/references", at(client, path, "Cost > 1", 1, context=context))) == 3
    assert len(client.request("textDocument/documentHighlight", at(client, path, "Cost > 1", 1))) == 3
    edit = client.request("textDocument/rename", {**at(client, path, "Cost > 1", 1), "newName": "Price"})
    assert sum(map(len, edit["changes"].values())) == 3


@at_every_place
def test_words_hints_and_shapes(kind, client, files):
    path = files[kind]
    assert client.request("textDocument/semanticTokens/full", document(path))["data"]
    hints = client.request("textDocument/inlayHint", {**document(path), "range": whole(path)})
    assert {": real", "Cost = 9.5"} <= {hint["label"] for hint in hints}
    assert client.request("textDocument/documentSymbol", document(path))
    assert isinstance(client.request("textDocument/foldingRange", document(path)), list)
    lenses = client.request("textDocument/codeLens", document(path))
    assert "show rows" in {lens["command"]["title"] for lens in lenses}
    (selection,) = client.request(
        "textDocument/selectionRange", {**document(path), "positions": [at(client, path, "Cost > 1")["position"]]}
    )
    assert selection["parent"]


@at_every_place
def test_layout(kind, client, files):
    path = files[kind]
    text = path.read_text("utf-8")
    client.change(path, text.replace("where Cost > 1", "where   Cost>1"))
    edits = client.request(
        "textDocument/formatting", {**document(path), "options": {"tabSize": 2, "insertSpaces": True}}
    )
    client.change(path, text)
    # A folded text is left alone: its line ends are its author's.
    assert any("where Cost > 1" in edit["newText"] for edit in edits) or kind == "folded"
