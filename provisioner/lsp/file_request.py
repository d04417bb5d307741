"""A request about one file: the file in its project, and its text as the client counts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.diagnostics import Span
from provisioner.language.language_file import KqlPlace, LanguageFile, ManifestPlace
from provisioner.lsp.position_encoding import EncodedText

if TYPE_CHECKING:
    from lsprotocol import types as lsp

    from provisioner.lsp.language_server import ManifestLanguageServer


@dataclass(frozen=True, slots=True)
class FileRequest:
    """What a feature's handler is given beside the parameters of the request."""

    server: ManifestLanguageServer
    file: LanguageFile
    text: EncodedText

    def place(self, position: lsp.Position) -> KqlPlace | ManifestPlace:
        """What is written at a position."""
        return self.file.place(self.text.offset(position))

    def span(self, part: lsp.Range) -> Span:
        """The characters of a range."""
        return Span(self.text.offset(part.start), self.text.offset(part.end))


def file_request(server: ManifestLanguageServer, uri: str) -> FileRequest | None:
    """The request for a document; None where it belongs to no project."""
    file = server.documents.file(uri)
    return None if file is None else FileRequest(server, file, server.documents.encoded(file.path))
