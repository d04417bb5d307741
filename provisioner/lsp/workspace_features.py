"""What a client asks of a whole workspace, and findings where it asks for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer


def register_workspace(server: ManifestLanguageServer) -> None:
    """Register the findings of one document and of all, and the symbols of all."""
    documents = server.documents

    @server.feature(
        lsp.TEXT_DOCUMENT_DIAGNOSTIC,
        # Not for the workspace: clients would ask every other second, and files that are not open are pushed.
        lsp.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=False, identifier="provisioner"),
    )
    def pull(params: lsp.DocumentDiagnosticParams) -> lsp.DocumentDiagnosticReport:
        path = documents.path_of(params.text_document.uri)
        project = documents.workspace.project_of(path) if path is not None else None
        by_file = server.publisher.project_diagnostics(project) if project is not None else {}
        return lsp.RelatedFullDocumentDiagnosticReport(items=by_file.get(path, []) if path is not None else [])

    @server.feature(lsp.WORKSPACE_DIAGNOSTIC)
    def pull_all(_: lsp.WorkspaceDiagnosticParams) -> lsp.WorkspaceDiagnosticReport:
        items: list[lsp.WorkspaceDocumentDiagnosticReport] = []
        for project in documents.workspace.projects():
            for path, diagnostics in server.publisher.project_diagnostics(project).items():
                open_document = documents.open_documents.get(path)
                items.append(
                    lsp.WorkspaceFullDocumentDiagnosticReport(
                        uri=documents.uri_of(path),
                        items=diagnostics,
                        version=open_document.version if open_document else None,
                    )
                )
        return lsp.WorkspaceDiagnosticReport(items)

    @server.feature(lsp.WORKSPACE_SYMBOL)
    async def symbols(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        # Imported by the first request, as in `feature_table`.
        from provisioner.lsp.name_features import workspace_symbols

        await asyncio.sleep(0)
        return workspace_symbols(server, params.query)
