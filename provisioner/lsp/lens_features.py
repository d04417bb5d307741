"""Code lens, inlay hints, and the commands behind them: tests run, rows shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from provisioner.diagnostics import Span
from provisioner.language.code_lenses import code_lenses
from provisioner.language.inlay_hints import inlay_hints
from provisioner.lsp.transform_test_runs import result_json, run_tests, state_in_words, stream_rows
from provisioner.transform_tests.run import tested_streams

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer

RUN_TESTS = "provisioner.runTests"
SHOW_ROWS = "provisioner.showRows"
LIST_TESTS = "provisioner.listTests"


def register_lenses(server: ManifestLanguageServer) -> None:
    """Register code lens, inlay hints and the commands."""

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS, lsp.CodeLensOptions(resolve_provider=False))
    async def lenses(params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        await asyncio.sleep(0)
        file = server.documents.file(params.text_document.uri)
        # Tests run for their state, which takes milliseconds: their transforms are bound already.
        if file is None or not server.settings.code_lens:
            return []
        text = server.documents.encoded(file.path)
        uri = server.documents.uri_of(file.project.manifest_file)
        offers = []
        for lens in code_lenses(file):
            title: str = lens.kind
            arguments: list[Any] = [uri, lens.stream]
            if lens.kind == "run tests":
                title = f"run tests · {state_in_words(run_tests(file.analysis, lens.stream, lens.test))}"
                arguments.append(lens.test)
            name = RUN_TESTS if lens.kind == "run tests" else SHOW_ROWS
            offers.append(lsp.CodeLens(text.range(lens.span), lsp.Command(title, name, arguments=arguments)))
        return offers

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    async def hints(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        await asyncio.sleep(0)
        file = server.documents.file(params.text_document.uri)
        if file is None or not server.settings.inlay_hints:
            return []
        text = server.documents.encoded(file.path)
        span = Span(text.offset(params.range.start), text.offset(params.range.end))
        return [
            lsp.InlayHint(
                text.position(hint.offset),
                hint.text,
                lsp.InlayHintKind.Type if hint.is_type else None,
                padding_left=not hint.is_type,
            )
            for hint in inlay_hints(file, span)
        ]

    @server.command(RUN_TESTS)
    async def run(uri: str, stream: str | None = None, test: int | None = None) -> Any:
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
        await asyncio.sleep(0)
        file = server.documents.file(uri)
        return {"rows": stream_rows(file.analysis, stream) if file is not None else []}

    @server.command(LIST_TESTS)
    async def listed(uri: str) -> Any:
        await asyncio.sleep(0)
        file = server.documents.file(uri)
        manifest = file.analysis.manifest if file is not None else None
        document = file.analysis.document if file is not None else None
        tests = []
        for key, stream in (tested_streams(manifest) if manifest else {}).items():
            for number, test in enumerate(stream.tests):
                place = document.place(test.path) if document else None
                tests.append({"stream": key, "position": number, "name": test.name, "line": place.line if place else 1})
        return {"tests": tests}
