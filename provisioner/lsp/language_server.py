"""The language server: a pygls server whose features call `language`; it is made without a transport."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter, lsp_method

from provisioner._version import __version__
from provisioner.errors import ProvisionerError
from provisioner.language.language_file import LanguageFile
from provisioner.lsp.background_binding import BackgroundBinding
from provisioner.lsp.document_store import DocumentStore
from provisioner.lsp.published_diagnostics import DiagnosticPublisher
from provisioner.lsp.refused_request import RefusedRequest, leave_out_of_log
from provisioner.lsp.server_settings import ServerSettings

if TYPE_CHECKING:
    from provisioner.language.name_index import NameIndex

logger = logging.getLogger(__name__)

_QUIET_SECONDS = 0.02
"""An analysis that takes longer waits as long as it takes before the next one, so that typing stays ahead of it."""
_LONGEST_WAIT = 0.3
_BREATH_SECONDS = 0.001


class _Protocol(LanguageServerProtocol):
    """pygls's protocol without its own copy of the documents: ours counts lines as the protocol does."""

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: lsp.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: lsp.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: lsp.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_CLOSE], (params,), None


class ManifestLanguageServer(LanguageServer):
    """One client's server: its open documents, its settings, and what it was last told of findings."""

    def __init__(self) -> None:
        super().__init__(
            "provisioner",
            __version__,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental,
            protocol_cls=_Protocol,
            converter_factory=default_converter,
        )
        self.documents = DocumentStore()
        self.settings = ServerSettings()
        self.publisher = DiagnosticPublisher(self)
        self._timer: asyncio.TimerHandle | None = None
        # Of the newest analysis of all; unknown at first, when all transforms of a large project have to be bound.
        self._seconds: float | None = None
        self._binding = BackgroundBinding()
        self._name_indexes: dict[Path, NameIndex] = {}

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error of a request or notification; the request is answered with it, and the server goes on."""
        if isinstance(error, RefusedRequest):
            return
        logger.error("%s: %s", getattr(source, "__name__", source), error)

    def apply_settings(self, values: Any) -> None:
        """Take the client's settings; unknown ones are left alone."""
        self.settings = ServerSettings.from_client(values)
        self.documents.workspace.set_environment(self.settings.environment)

    def schedule_diagnostics(self, changed: Path | None = None) -> None:
        """Publish findings as soon as the messages that are here have been read; of a large project `changed` first."""
        if self._timer is not None:
            self._timer.cancel()
        seconds = self._seconds
        is_quick = seconds is not None and seconds <= _QUIET_SECONDS
        # At the start all wait for the documents that the client is about to open: those are what is looked at.
        wait = _LONGEST_WAIT if seconds is None else min(seconds, _LONGEST_WAIT)
        delay = 0.0 if is_quick or changed is not None else wait
        first = None if is_quick else changed
        self._timer = asyncio.get_running_loop().call_later(delay, self._publish, first)

    def _publish(self, changed: Path | None) -> None:
        """Publish the findings of one file, and those of all a little later; or of all."""
        self._timer = None
        start = time.perf_counter()
        try:
            if changed is not None:
                self.publisher.publish_file(changed)
            elif self._binding.advance([project.analysis for project in self.documents.workspace.projects()]):
                start = time.perf_counter()
                self.publisher.publish_all()
            else:
                # Requests that have come in meanwhile are answered first; a change starts anew.
                self._timer = asyncio.get_running_loop().call_later(_BREATH_SECONDS, self._publish, None)
                return
        except ProvisionerError as error:
            # Settings that cannot be read: the findings of before stay, and the reason is shown once.
            self.show_once(str(error), error.hint)
        # A fault in one check must not end the server: its log has it, and the next change tries again.
        except Exception:
            logger.exception("the diagnostics could not be made")
        # The first findings are out: from now on there is garbage. Off until then, see `server_start`.
        gc.enable()
        if changed is None:
            self._seconds = time.perf_counter() - start
        else:
            self.schedule_diagnostics()

    def show_once(self, message: str, hint: str | None) -> None:
        """Show a message, unless it is the one that was shown last."""
        text = f"{message} ({hint})" if hint else message
        # Settings are read at each keystroke: the same message would be shown at each.
        if text != self.settings.last_message:
            self.settings.last_message = text
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, text))

    def name_index(self, file: LanguageFile) -> NameIndex:
        """The names of a file's project; made once for each of its states."""
        # Imported by the first request about a name, as the handlers of `feature_table` are.
        from provisioner.language.name_index import NameIndex

        analysis = file.analysis
        cached = self._name_indexes.get(file.project.manifest_file)
        if cached is None or cached.analysis is not analysis:
            cached = NameIndex(analysis, self.documents.workspace.buffers)
            self._name_indexes[file.project.manifest_file] = cached
        return cached

    @property
    def client_pulls(self) -> bool:
        """Whether the client asks for the findings of its open documents."""
        documents = self.client_capabilities.text_document
        return documents is not None and documents.diagnostic is not None

    @property
    def takes_diagnostic_refresh(self) -> bool:
        """Whether the client can be asked to pull again."""
        workspace = self.client_capabilities.workspace
        return bool(workspace and workspace.diagnostics and workspace.diagnostics.refresh_support)

    @property
    def supports_document_changes(self) -> bool:
        """Whether the client takes edits with the versions of the documents that they are for."""
        workspace = self.client_capabilities.workspace
        return bool(workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes)

    def folders_of(self, params: lsp.InitializeParams) -> tuple[Path, ...]:
        """The folders that the client has open."""
        uris = [folder.uri for folder in params.workspace_folders or ()]
        if not uris and params.root_uri:
            uris = [params.root_uri]
        return tuple(path for uri in uris if (path := self.documents.path_of(uri)) is not None)


def create_server() -> ManifestLanguageServer:
    """A server with all its features and no transport yet."""
    logging.getLogger("pygls.protocol.json_rpc").addFilter(leave_out_of_log)
    # pygls warns of each request that was cancelled after its answer, which editors do all the time.
    logging.getLogger("pygls").setLevel(logging.ERROR)
    from provisioner.lsp.document_features import register_documents
    from provisioner.lsp.feature_table import register_features
    from provisioner.lsp.transform_test_commands import register_commands
    from provisioner.lsp.workspace_features import register_workspace

    server = ManifestLanguageServer()
    for register in (register_documents, register_workspace, register_features, register_commands):
        register(server)
    return server
