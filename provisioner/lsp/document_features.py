"""The life of documents and files: opened, changed, saved, closed; settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from provisioner.language.language_workspace import LanguageWorkspace
from provisioner.lsp.position_encoding import ENCODINGS, Encoding

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer


def register_documents(server: ManifestLanguageServer) -> None:
    """Register the handlers of documents, files and settings."""
    documents = server.documents

    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        documents.workspace = LanguageWorkspace(server.folders_of(params))
        documents.encoding = _encoding_of(server)
        server.apply_settings(params.initialization_options)

    @server.feature(lsp.INITIALIZED)
    def initialized(_: lsp.InitializedParams) -> None:
        documents.workspace.open_folders()
        _watch_files(server)
        server.schedule_diagnostics()

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        path = documents.open_text(item.uri, item.text, item.version)
        if path is not None:
            # Asked for, so that the project of a file outside of every folder is there too.
            documents.workspace.project_of(path)
        server.schedule_diagnostics(path)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
        path = documents.change(params.text_document.uri, params.content_changes, params.text_document.version)
        server.schedule_diagnostics(path)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(_: lsp.DidSaveTextDocumentParams) -> None:
        documents.workspace.forget_disk()
        server.schedule_diagnostics()

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        documents.close(params.text_document.uri)
        server.schedule_diagnostics()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_files(_: lsp.DidChangeWatchedFilesParams) -> None:
        documents.workspace.forget_disk()
        documents.workspace.open_folders()
        server.schedule_diagnostics()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_folders(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        paths = [[documents.path_of(one.uri) for one in some] for some in (params.event.added, params.event.removed)]
        added, removed = ([path for path in some if path is not None] for some in paths)
        documents.workspace.change_folders(added, removed)
        server.schedule_diagnostics()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_settings(params: lsp.DidChangeConfigurationParams) -> None:
        server.apply_settings(params.settings)
        server.schedule_diagnostics()


def _encoding_of(server: ManifestLanguageServer) -> Encoding:
    """The unit of positions that was agreed on with the client."""
    kind = server.workspace.position_encoding
    return ENCODINGS[kind.value if isinstance(kind, lsp.PositionEncodingKind) else str(kind)]


def _watch_files(server: ManifestLanguageServer) -> None:
    """Ask the client to tell of changes on disk, where it can."""
    capabilities = server.client_capabilities.workspace
    watched = capabilities.did_change_watched_files if capabilities else None
    if watched is None or not watched.dynamic_registration:
        return
    pattern = "**/*.{yaml,yml,kql,json,ndjson,csv,toml}"
    options = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher(pattern)])
    registration = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    server.client_register_capability(lsp.RegistrationParams([registration]))
