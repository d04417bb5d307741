"""The server as an editor meets it: findings while typing, completion and hover in YAML and in KQL."""

from __future__ import annotations

import shutil

import pytest

from tests.support.lsp_client import LspClient
from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editor") / "quickstart"
    shutil.copytree(ROOT / "examples" / "quickstart", folder)
    return folder


@pytest.fixture(scope="module")
def client(project):
    client = LspClient(project)
    yield client
    assert client.close() == 0
    assert client.stderr == []


@pytest.fixture(scope="module")
def manifest(client, project):
    path = project / "provisioner.yaml"
    client.open(path)
    return path


def position(text, needle, offset=0):
    """Line and character of the first `needle`, `offset` characters further on; for a text in ASCII."""
    index = text.index(needle) + offset
    return text.count("\n", 0, index), index - text.rfind("\n", 0, index) - 1


def test_a_mistake_is_published_while_it_is_typed_and_gone_when_it_is_mended(client, manifest):
    text = manifest.read_text("utf-8")
    client.change(manifest, text.replace("toupper", "touper", 1))
    (finding,) = client.published(manifest)
    line, character = position(text, "toupper")
    assert finding["code"] == "KQL103"
    assert finding["range"]["start"] == {"line": line, "character": character}
    assert client.pulled(manifest) == [finding]
    client.change(manifest, text)
    assert client.published(manifest) == []


def test_completion_in_kql_is_what_is_in_scope_there(client, manifest):
    text = manifest.read_text("utf-8")
    items = client.request("textDocument/completion", client.at(manifest, *position(text, "isnotempty(", 11)))["items"]
    labels = [item["label"] for item in items]
    assert {"placed", "order", "tostring"} <= set(labels)
    assert "lines" not in labels, "a column that a later step makes"


def test_completion_of_keys_has_what_is_not_written_yet(client, manifest):
    text = manifest.read_text("utf-8")
    items = client.request("textDocument/completion", client.at(manifest, *position(text, "resource_group", 3)))[
        "items"
    ]
    assert {"cloud", "tenant"} <= {item["label"] for item in items}


def test_hover_says_where_a_column_comes_from(client, manifest):
    text = manifest.read_text("utf-8")
    answer = client.request("textDocument/hover", client.at(manifest, *position(text, "Customer = tostring", 2)))
    assert "comes from `order`" in answer["contents"]["value"]
    answer = client.request("textDocument/hover", client.at(manifest, *position(text, "toupper", 2)))
    assert "toupper(" in answer["contents"]["value"]
