"""Code lens and inlay hints over the protocol."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp

from provisioner.language.code_lenses import code_lenses
from provisioner.language.inlay_hints import inlay_hints
from provisioner.lsp.file_request import FileRequest
from provisioner.lsp.transform_test_commands import RUN_TESTS, SHOW_ROWS
from provisioner.lsp.transform_test_runs import run_tests, state_in_words


def lenses(request: FileRequest, _: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    """The lines above streams and tests: run, with the state, and show rows."""
    if not request.server.settings.code_lens:
        return []
    file = request.file
    uri = request.server.documents.uri_of(file.project.manifest_file)
    offers = []
    for lens in code_lenses(file):
        title: str = lens.kind
        arguments: list[Any] = [uri, lens.stream]
        if lens.kind == "run tests":
            # Run for their state, which takes milliseconds: their transforms are bound already.
            title = f"run tests · {state_in_words(run_tests(file.analysis, lens.stream, lens.test))}"
            arguments.append(lens.test)
        name = RUN_TESTS if lens.kind == "run tests" else SHOW_ROWS
        offers.append(lsp.CodeLens(request.text.range(lens.span), lsp.Command(title, name, arguments=arguments)))
    return offers


def hints(request: FileRequest, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    """The types and values that are shown between the words of a part of a file."""
    if not request.server.settings.inlay_hints:
        return []
    return [
        lsp.InlayHint(
            request.text.position(hint.offset),
            hint.text,
            lsp.InlayHintKind.Type if hint.is_type else None,
            padding_left=not hint.is_type,
        )
        for hint in inlay_hints(request.file, request.span(params.range))
    ]
