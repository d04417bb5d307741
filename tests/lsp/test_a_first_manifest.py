"""A person's way from an empty file to a manifest that passes, by proposals and code actions alone."""

from __future__ import annotations

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import LanguageClient

from provisioner import Project
from tests.support.editor_session import SERVER, EditorSession
from tests.support.typist import Typist

pytestmark = pytest.mark.asyncio
SAMPLES = '{"time": "2026-01-01T10:00:00Z", "message": "paid", "customer": "ann", "amount": 9.5}\n'


@pytest_lsp.fixture(config=SERVER)
async def client(lsp_client: LanguageClient):
    lsp_client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(lambda _: None)
    yield
    await lsp_client.shutdown_session()


async def test_a_manifest_is_written_by_what_is_offered(client, tmp_path):
    (tmp_path / "orders.ndjson").write_text(SAMPLES, "utf-8")
    path = tmp_path / "provisioner.yaml"
    path.write_text("", "utf-8")
    editor = EditorSession(client)
    await editor.start(tmp_path)
    editor.open(path)
    person = Typist(editor, path)

    await person.take("new manifest")
    assert await editor.findings(path) == []

    person.go_behind("table: Orders_CL")
    person.press("\n    ")
    await person.take("samples")
    await person.take("{file: …}")
    await person.take("orders.ndjson")
    await person.act("Custom-Orders", "Add the columns that the samples of Custom-Orders have")
    # What is new is passed on, and the table declares it.
    person.go_behind("Message = message")
    for column in ("customer", "amount"):
        person.press(", ")
        await person.take(column)
    for column in ("customer", "amount"):
        await person.fix("FIT001", f"Declare {column}")
    person.go_behind("      source")
    person.press("\n      | ")
    await person.take("where")
    await person.take("isnotempty")
    await person.take("message")
    # A column more in the table, which the transform then has to write.
    person.go_behind("amount: real", first=True)
    person.press("\n      ")
    await person.take("new column")
    await person.fix("FIT002", "Write Name = ")
    await person.act("orders.ndjson", "Make a test of Custom-Orders from sample 1")
    assert await editor.findings(path) == []

    path.write_text(person.text, "utf-8")
    project = Project.load(path)
    assert project.validate() == ()
    (result,) = project.test()
    assert result.ok
    assert result.rows[0].actual["customer"] == "ann"
