"""Code actions and formatting over the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from provisioner.diagnostics import Edit, Span
from provisioner.language.code_actions import CodeAction, findings_at, fix_actions, fix_all_action, silence_actions
from provisioner.language.column_actions import column_actions
from provisioner.language.language_workspace import LanguageFile
from provisioner.language.sample_tests import sample_test_actions
from provisioner.language.text_formatting import formatting_edits
from provisioner.language.transform_actions import transform_actions
from provisioner.lsp.position_encoding import EncodedText
from provisioner.lsp.transform_test_runs import expected_rows_actions
from provisioner.lsp.workspace_edits import new_file_changes, workspace_edit

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer

_KINDS = ("quickfix", "refactor.extract", "refactor.inline", "refactor.rewrite", "source.fixAll")


def register_actions(server: ManifestLanguageServer) -> None:
    """Register code actions and the layout of KQL."""

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind(kind) for kind in _KINDS]),
    )
    async def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        await asyncio.sleep(0)
        file = server.documents.file(params.text_document.uri)
        if file is None:
            return []
        text = server.documents.encoded(file.path)
        span = Span(text.offset(params.range.start), text.offset(params.range.end))
        only = params.context.only
        return [
            _protocol_action(server, file, action)
            for action in offered_actions(file, span)
            if only is None or any(_is_kind(action.kind, str(getattr(kind, "value", kind))) for kind in only)
        ]

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    async def format_document(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        await asyncio.sleep(0)
        return _format(server, params.text_document.uri, None)

    @server.feature(lsp.TEXT_DOCUMENT_RANGE_FORMATTING)
    async def format_range(params: lsp.DocumentRangeFormattingParams) -> list[lsp.TextEdit]:
        await asyncio.sleep(0)
        return _format(server, params.text_document.uri, params.range)

    @server.feature(
        lsp.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
        lsp.DocumentOnTypeFormattingOptions(first_trigger_character="|", more_trigger_character=["\n", ";"]),
    )
    async def format_on_type(params: lsp.DocumentOnTypeFormattingParams) -> list[lsp.TextEdit]:
        await asyncio.sleep(0)
        return _format_typed(server, params)


def _is_kind(kind: str, asked_kind: str) -> bool:
    return kind == asked_kind or kind.startswith(f"{asked_kind}.") or not asked_kind


def offered_actions(file: LanguageFile, span: Span) -> Iterator[CodeAction]:
    """Everything that can be done at some characters of a file."""
    findings = findings_at(file, span)
    yield from fix_actions(file, findings)
    yield from column_actions(file, findings)
    yield from silence_actions(file, findings)
    yield from sample_test_actions(file, span.start)
    yield from expected_rows_actions(file, span.start)
    yield from transform_actions(file, span.start)
    whole = fix_all_action(file)
    if whole is not None:
        yield whole


def _protocol_action(server: ManifestLanguageServer, file: LanguageFile, action: CodeAction) -> lsp.CodeAction:
    edit = workspace_edit(server, action.edits)
    # A file has to be there before it is edited.
    if action.new_files:
        edit = new_file_changes(server, edit, action.new_files)
    diagnostics = [server.publisher.protocol_diagnostic(one, file.path, file.analysis) for one in action.diagnostics]
    return lsp.CodeAction(
        action.title,
        lsp.CodeActionKind(action.kind),
        diagnostics=diagnostics or None,
        is_preferred=action.preferred or None,
        edit=edit,
    )


def _format(server: ManifestLanguageServer, uri: str, part: lsp.Range | None) -> list[lsp.TextEdit]:
    file = server.documents.file(uri)
    if file is None:
        return []
    text = server.documents.encoded(file.path)
    span = None if part is None else Span(text.offset(part.start), text.offset(part.end))
    return _text_edits(text, formatting_edits(file.transforms, span))


def _format_typed(server: ManifestLanguageServer, params: lsp.DocumentOnTypeFormattingParams) -> list[lsp.TextEdit]:
    """The layout of the transform before the place, while nothing behind it has been begun.

    Only what stands before the line of the place is changed: what is being typed is not taken from under the cursor.
    """
    file = server.documents.file(params.text_document.uri)
    if file is None:
        return []
    text = server.documents.encoded(file.path)
    offset = text.offset(params.position)
    line_start = file.source.line_start(offset)
    edits = []
    for transform in file.transforms:
        if transform.start < line_start and transform.contains(offset):
            edits += formatting_edits([transform])
    # The whole transform may move its last line; an edit that reaches the cursor waits for the next line.
    return _text_edits(text, (edit for edit in edits if edit.span.end <= line_start or "\n" in params.ch))


def _text_edits(text: EncodedText, edits: Iterable[Edit]) -> list[lsp.TextEdit]:
    return [lsp.TextEdit(text.range(edit.span), edit.text) for edit in edits]
