"""The language server of an editor: over its socket, without a browser."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from tests.support.manifests import write_manifest
from tests.support.running_workbench import running_workbench

pytest.importorskip("pygls", reason="the extra lsp is not installed")

EDITOR = {
    "columns": [{"name": "time", "type": "datetime"}, {"name": "data", "type": "dynamic"}],
    "table_columns": [{"name": "TimeGenerated", "type": "datetime"}],
    "stream": "Custom-Orders",
    "table": "Orders_CL",
}


class Editor:
    """One editor's connection: requests in, answers out."""

    def __init__(self, socket, uri):
        self.socket = socket
        self.uri = uri
        self.numbers = iter(range(1, 1_000))

    async def tell(self, method, **params):
        await self.socket.send_str(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))

    async def ask(self, method, **params):
        number = next(self.numbers)
        await self.socket.send_str(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        while True:
            answer = json.loads((await self.socket.receive(timeout=20)).data)
            if answer.get("id") == number:
                return answer["result"]

    async def open(self, text):
        await self.ask("initialize", processId=None, rootUri=None, capabilities={"textDocument": {"diagnostic": {}}})
        await self.tell("initialized")
        document = {"uri": self.uri, "languageId": "kql", "version": 0, "text": text}
        await self.tell("textDocument/didOpen", textDocument=document)

    async def at(self, method, column):
        position = {"line": 0, "character": column}
        return await self.ask(f"textDocument/{method}", textDocument={"uri": self.uri}, position=position)

    async def findings(self):
        answer = await self.ask("textDocument/diagnostic", textDocument={"uri": self.uri})
        return [one["message"].partition("\n")[0] for one in answer["items"]]


def with_editor(tmp_path, work, records=(), **changes):
    """Run `work(editor)` over a workbench of the usual manifest."""
    write_manifest(tmp_path, "")

    async def visit(running):
        headers = {"Origin": running.address}
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers=headers) as session:
            await session.get(running.link)
            kept = running.server.workbench.records.add(records).id
            message = EDITOR | changes | {"records": kept}
            async with session.post(f"{running.address}/api/editor", json=message) as response:
                address = await response.json()
            async with session.ws_connect(running.address + address["socket"]) as socket:
                return await work(Editor(socket, address["uri"]))

    with running_workbench(tmp_path) as running:
        return asyncio.run(visit(running))


def test_an_editor_is_told_columns_meanings_and_findings(tmp_path):
    async def work(editor):
        await editor.open("source | where dat")
        items = await editor.at("completion", 18)
        labels = [item["label"] for item in (items["items"] if isinstance(items, dict) else items)]
        hover = json.dumps(await editor.at("hover", 3))
        return labels, hover, await editor.findings()

    labels, hover, findings = with_editor(tmp_path, work)
    assert {"time", "data"} <= set(labels)
    assert "the records of the stream" in hover
    assert findings == ["'dat' is not a column or variable here"]


def test_members_of_the_records_are_proposed(tmp_path):
    async def work(editor):
        await editor.open("source | where data.")
        return json.dumps(await editor.at("completion", 20))

    assert "weight" in with_editor(tmp_path, work, [{"data": {"weight": 1}}])
    assert "weight" not in with_editor(tmp_path, work)


@pytest.mark.parametrize(
    "changes",
    [
        {"stream": "", "table": ""},
        {"stream": "Microsoft-Syslog", "table": "Syslog"},
        {"table": "Syslog", "table_columns": [{"name": "Mine_CF", "type": "string"}]},
        {"stream": "\u0000 odd: [", "table": "'{\n"},
        {"columns": [], "table_columns": []},
    ],
)
def test_a_case_of_any_shape_has_its_findings(tmp_path, changes):
    async def work(editor):
        await editor.open("source | where nowhere > 1")
        return await editor.findings()

    assert "'nowhere' is not a column or variable here" in with_editor(tmp_path, work, **changes)


def test_a_message_that_is_none_ends_nothing(tmp_path):
    async def work(editor):
        await editor.open("source")
        for text in ("{", "[1]", '"a"', '{"jsonrpc": "2.0"}', '{"jsonrpc": "2.0", "method": 7}', "null"):
            await editor.socket.send_str(text)
        return await editor.findings()

    assert any("not a column of the table" in finding for finding in with_editor(tmp_path, work))
