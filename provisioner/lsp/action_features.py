"""Code actions over the protocol."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from provisioner.diagnostics import Span
from provisioner.language.code_actions import CodeAction, findings_at, fix_actions, fix_all_action, silence_actions
from provisioner.language.column_actions import column_actions
from provisioner.language.language_file import LanguageFile
from provisioner.language.sample_tests import sample_test_actions
from provisioner.language.transform_actions import transform_actions
from provisioner.lsp.file_request import FileRequest
from provisioner.lsp.transform_test_runs import expected_rows_actions
from provisioner.lsp.workspace_edits import new_file_changes, workspace_edit


def actions(request: FileRequest, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """What can be done at some characters, of the kinds that are asked for."""
    only = params.context.only
    return [
        _protocol_action(request, action)
        for action in offered_actions(request.file, request.span(params.range))
        if only is None or any(_is_kind(action.kind, str(getattr(kind, "value", kind))) for kind in only)
    ]


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


def _protocol_action(request: FileRequest, action: CodeAction) -> lsp.CodeAction:
    server, file = request.server, request.file
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
