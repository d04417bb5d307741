"""Edits of several files as one change of the client's documents."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from provisioner.diagnostics import Edit
from provisioner.language.symbol_rename import FileEdit

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer


def workspace_edit(server: ManifestLanguageServer, edits: Iterable[FileEdit]) -> lsp.WorkspaceEdit:
    """Edits of several files as one change; their spans count without a byte order mark."""
    by_file: dict[Path, list[Edit]] = {}
    for path, edit in edits:
        by_file.setdefault(path, []).append(edit)
    changes: list[lsp.TextDocumentEdit] = []
    for path, file_edits in by_file.items():
        text = server.documents.encoded(path)
        document = server.documents.open_documents.get(path)
        identifier = lsp.OptionalVersionedTextDocumentIdentifier(
            server.documents.uri_of(path), document.version if document else None
        )
        changes.append(
            lsp.TextDocumentEdit(identifier, [lsp.TextEdit(text.range(edit.span), edit.text) for edit in file_edits])
        )
    # With versions, where the client has them: an edit of an older text is then refused and not misplaced.
    if server.supports_document_changes:
        return lsp.WorkspaceEdit(document_changes=list(changes))
    return lsp.WorkspaceEdit(
        changes={
            change.text_document.uri: [edit for edit in change.edits if isinstance(edit, lsp.TextEdit)]
            for change in changes
        }
    )


def new_file_changes(
    server: ManifestLanguageServer, edit: lsp.WorkspaceEdit, new_files: Iterable[tuple[Path, str]]
) -> lsp.WorkspaceEdit:
    """The change with files that it makes first, each with its text."""
    start = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
    operations: list[lsp.TextDocumentEdit | lsp.CreateFile | lsp.RenameFile | lsp.DeleteFile] = []
    for path, text in new_files:
        uri = server.documents.uri_of(path)
        identifier = lsp.OptionalVersionedTextDocumentIdentifier(uri, None)
        operations += [lsp.CreateFile(uri), lsp.TextDocumentEdit(identifier, [lsp.TextEdit(start, text)])]
    changed = edit.document_changes or [
        lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri, None), list(edits))
        for uri, edits in (edit.changes or {}).items()
    ]
    return lsp.WorkspaceEdit(document_changes=[*operations, *changed])
