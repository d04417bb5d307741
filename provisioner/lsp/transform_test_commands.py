"""The commands behind code lenses and the test explorer: tests run and listed, rows shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer

RUN_TESTS = "provisioner.runTests"
SHOW_ROWS = "provisioner.showRows"
LIST_TESTS = "provisioner.listTests"


def register_commands(server: ManifestLanguageServer) -> None:
    """Register the commands; what runs tests is imported by the first of them, as in `feature_table`."""

    @server.command(RUN_TESTS)
    async def run(uri: str, stream: str | None = None, test: int | None = None) -> Any:
        from provisioner.lsp.transform_test_runs import result_json, run_tests

        await asyncio.sleep(0)
        file = server.documents.file(uri)
        results = run_tests(file.analysis, stream, test) if file is not None else ()
        failed = [result for result in results if not result.ok]
        # One message: a box for each of twenty tests would cover the editor.
        for result in failed[:1]:
            message = f"{result.stream}, {result.name!r}: {result.reason}"
            server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, message))
        return {"tests": [result_json(result) for result in results]}

    @server.command(SHOW_ROWS)
    async def show(uri: str, stream: str) -> Any:
        from provisioner.lsp.transform_test_runs import stream_rows

        await asyncio.sleep(0)
        file = server.documents.file(uri)
        return {"rows": stream_rows(file.analysis, stream) if file is not None else []}

    @server.command(LIST_TESTS)
    async def listed(uri: str) -> Any:
        from provisioner.lsp.transform_test_runs import listed_tests

        await asyncio.sleep(0)
        file = server.documents.file(uri)
        return {"tests": listed_tests(file.analysis) if file is not None else []}
