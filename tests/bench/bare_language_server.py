"""The least that a server over pygls can be: it publishes one finding for each document that is opened."""

from __future__ import annotations

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

server = LanguageServer("bare", "1")


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
def did_open(ls: LanguageServer, params: lsp.DidOpenTextDocumentParams) -> None:
    """Publish a finding of the first character."""
    start = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1))
    findings = [lsp.Diagnostic(start, "a finding")]
    ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(params.text_document.uri, findings))


if __name__ == "__main__":
    server.start_io()
