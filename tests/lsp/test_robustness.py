"""The server stays up and quiet: random edits, crashes in one request, cancelled requests, positions in every unit."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys

import pytest

from tests.support.kql_places import HEAD, STREAM
from tests.support.lsp_client import LspClient
from tests.support.paths import ROOT

PIECES = [*" :|{}[\"'#x\n\t", "- ", "é", "𝄞", "\r\n", "\u2028", "$(", "source", ""]
REQUESTS = ("completion", "hover", "definition", "documentHighlight", "signatureHelp", "prepareRename")


def line_and_character(text, offset):
    """The position of an offset in UTF-16 units."""
    import re

    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    line = max(number for number, start in enumerate(starts) if start <= offset)
    return {"line": line, "character": len(text[starts[line] : offset].encode("utf-16-le")) // 2}


def test_random_edits_leave_the_log_empty_and_the_texts_equal(tmp_path):
    folder = tmp_path / "quickstart"
    shutil.copytree(ROOT / "examples" / "quickstart", folder)
    path = folder / "provisioner.yaml"
    text = path.read_text("utf-8")
    chance = random.Random(20261128)
    client = LspClient(folder)
    client.open(path)
    for number in range(int(os.environ.get("PROVISIONER_EDITS", "150"))):
        start = chance.randrange(len(text) + 1)
        end = min(start + chance.choice([0, 0, 0, 1, 3, 20]), len(text))
        piece = chance.choice(PIECES)
        change = {
            "range": {"start": line_and_character(text, start), "end": line_and_character(text, end)},
            "text": piece,
        }
        text = text[:start] + piece + text[end:]
        client.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": path.as_uri(), "version": number + 2}, "contentChanges": [change]},
        )
        if number % 10 == 0:
            at = line_and_character(text, chance.randrange(len(text) + 1))
            method = f"textDocument/{chance.choice(REQUESTS)}"
            client.request(method, {"textDocument": {"uri": path.as_uri()}, "position": at})
    # The server's text is the client's: the whole text once more changes no finding.
    before = client.pulled(path)
    client.versions[path] = 100_000
    client.change(path, text)
    assert client.pulled(path) == before
    assert client.close() == 0
    assert client.stderr == []


def test_a_crash_answers_its_request_and_the_server_lives(tmp_path):
    code = (
        "import provisioner.lsp.completion_features as features\n"
        "def broken(place): raise RuntimeError('a fault of ours')\n"
        "features.hover_manifest = broken\n"
        "from provisioner.lsp.language_server import create_server\n"
        "create_server().start_io()\n"
    )
    path = tmp_path / "provisioner.yaml"
    path.write_text(HEAD, "utf-8")
    client = LspClient(tmp_path, command=[sys.executable, "-c", code])
    client.open(path)
    answer = client.answer(client.send_request("textDocument/hover", client.at(path, 1, 1)))
    assert "a fault of ours" in answer["error"]["message"]
    assert client.request("textDocument/completion", client.at(path, 1, 0))["items"] is not None
    assert client.close() == 0
    assert any("a fault of ours" in line for line in client.stderr)


def assert_cancelled_requests_end(client, path):
    numbers = [client.send_request("textDocument/completion", client.at(path, 1, 0)) for _ in range(20)]
    for number in numbers:
        client.notify("$/cancelRequest", {"id": number})
    answers = [client.answer(number) for number in numbers]
    assert all("result" in answer or answer["error"]["code"] == -32800 for answer in answers)


@pytest.mark.parametrize(("encoding", "newline"), [("utf-8", "\r\n"), ("utf-16", "\n"), ("utf-32", "\r\n")])
def test_positions_are_counted_as_the_client_counts(encoding, newline, tmp_path):
    kql = "source | extend note = 'né 𝄞 x', other = torael(order.amount)"
    text = (HEAD + STREAM + f'    transform: "{kql}"\n').replace("\n", newline)
    path = tmp_path / "provisioner.yaml"
    path.write_bytes(text.encode("utf-8"))
    client = LspClient(tmp_path, encodings=(encoding,))
    assert client.capabilities["positionEncoding"] == encoding
    client.open(path, text)
    (finding,) = [one for one in client.pulled(path) if one["code"] == "KQL103"]
    line = next(line for line in text.split(newline) if "torael" in line)
    before = line[: line.index("torael")]
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    encoded = before.encode({"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding])
    assert finding["range"]["start"]["character"] == len(encoded) // width
    hover = client.request(
        "textDocument/hover", {"textDocument": {"uri": path.as_uri()}, "position": finding["range"]["end"]}
    )
    assert hover is None or "torael" not in hover["contents"]["value"]
    assert client.close() == 0


def test_cancelled_requests_end_and_files_of_no_project_are_answered(tmp_path):
    stray = tmp_path / "elsewhere" / "stray.yaml"
    stray.parent.mkdir()
    stray.write_text("a: 1\n", "utf-8")
    folder = tmp_path / "project"
    folder.mkdir()
    client = LspClient(folder)
    client.open(stray)
    assert client.pulled(stray) == []
    assert client.request("textDocument/completion", client.at(stray, 0, 0))["items"] == []
    outside = tmp_path / "other"
    outside.mkdir()
    (outside / "provisioner.yaml").write_text(HEAD.replace("version: 1", "version: 2"), "utf-8")
    client.open(outside / "provisioner.yaml")
    assert [one["code"] for one in client.pulled(outside / "provisioner.yaml")]
    assert_cancelled_requests_end(client, outside / "provisioner.yaml")
    untitled = {"uri": "untitled:Untitled-1", "languageId": "yaml", "version": 1, "text": "version: 1\n"}
    client.notify("textDocument/didOpen", {"textDocument": untitled})
    hover = {"textDocument": {"uri": untitled["uri"]}, "position": {"line": 0, "character": 1}}
    assert client.request("textDocument/hover", hover) is None
    assert client.close() == 0
    assert client.stderr == []


def test_without_its_extra_the_command_says_how_to_install_it(tmp_path):
    code = "import sys; sys.modules['pygls'] = None; from provisioner.cli.main import run; sys.exit(run(['lsp']))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False, cwd=tmp_path
    )
    assert done.returncode == 1
    assert "pip install 'azure-logs-provisioner[lsp]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_client_that_pulls_is_told_nothing_twice(tmp_path):
    manifest, part = tmp_path / "provisioner.yaml", tmp_path / "streams.yaml"
    manifest.write_text(HEAD + "include: [streams.yaml]\n", "utf-8")
    part.write_text(STREAM + "    transform: source | where torael(order) > 1\n", "utf-8")
    client = LspClient(tmp_path, pulls=True)
    client.open(manifest)
    assert [one["code"] for one in client.published(part)] == ["KQL103"], "a file that is not open is pushed"
    client.open(part)
    assert client.published(part) == [], "an open one is pulled"
    assert [one["code"] for one in client.pulled(part)] == ["KQL103"]
    client.change(manifest, HEAD.replace("Amount: real", "Amount: raal") + "include: [streams.yaml]\n")
    while client.notifications.get(timeout=60)["method"] != "workspace/diagnostic/refresh":
        pass
    assert client.pulled(manifest)
    assert client.close() == 0
    assert client.stderr == []


def test_folders_and_manifests_come_and_go(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "provisioner.yaml").write_text(HEAD.replace("version: 1", "version: 2"), "utf-8")
    client = LspClient(first)
    manifest, other = first / "provisioner.yaml", second / "provisioner.yaml"
    assert client.published(manifest)
    event = {"added": [{"uri": second.as_uri(), "name": "second"}], "removed": []}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    assert client.published(other)
    event = {"added": [], "removed": [{"uri": second.as_uri(), "name": "second"}]}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    assert client.published(other) == []
    manifest.unlink()
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": manifest.as_uri(), "type": 3}]})
    assert client.published(manifest) == [], "a file that is gone has no findings"
    manifest.write_text(HEAD.replace("version: 1", "version: 3"), "utf-8")
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": manifest.as_uri(), "type": 1}]})
    assert client.published(manifest)
    assert client.close() == 0
    assert client.stderr == []
