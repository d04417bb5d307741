"""The documents that a client has open, and the way between its addresses and the files of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path

from provisioner.language.language_file import LanguageFile
from provisioner.language.language_workspace import LanguageWorkspace
from provisioner.load.yaml.project_files import resolve_links
from provisioner.load.yaml.source_text import UnreadableFile
from provisioner.lsp.position_encoding import EncodedText, Encoding

Change = lsp.TextDocumentContentChangeEvent


@dataclass(slots=True)
class OpenDocument:
    """A document as the client has it; `bom` is what its text begins with that a file's text does not count."""

    uri: str
    path: Path
    text: EncodedText
    version: int | None = None


class DocumentStore:
    """The open documents of one client over a workspace; positions are in the client's `encoding`."""

    def __init__(self) -> None:
        self.workspace = LanguageWorkspace()
        self.encoding: Encoding = "utf-16"
        self.open_documents: dict[Path, OpenDocument] = {}
        # The client's own spelling of an address, which an answer has to use.
        self._uris: dict[Path, str] = {}

    def path_of(self, uri: str) -> Path | None:
        """The file of an address; None for one that is no file, such as that of an unsaved document."""
        if not uri.startswith("file:"):
            return None
        file_path = to_fs_path(uri)
        return resolve_links(Path(file_path)) if file_path else None

    def uri_of(self, path: Path) -> str:
        """The address of a file, as the client spells it where it has named it."""
        return self._uris.get(path) or from_fs_path(str(path)) or path.as_uri()

    def open_text(self, uri: str, text: str, version: int | None) -> Path | None:
        """Let the client's text stand for the file."""
        path = self.path_of(uri)
        if path is None:
            return None
        self._uris[path] = uri
        self._set(OpenDocument(uri, path, EncodedText(text, self.encoding), version))
        return path

    def change(self, uri: str, changes: Sequence[Change], version: int | None) -> Path | None:
        """Apply the client's changes, in their order."""
        path = self.path_of(uri)
        document = self.open_documents.get(path) if path is not None else None
        if path is None or document is None:
            return None
        text = document.text
        # In their order: each counts in the text that the one before it has left.
        for change in changes:
            text = text.changed(change)
        self._set(OpenDocument(uri, path, text, version))
        return path

    def close(self, uri: str) -> Path | None:
        """Let the file on disk count again."""
        path = self.path_of(uri)
        if path is not None and self.open_documents.pop(path, None) is not None:
            self.workspace.buffers.close(path)
        return path

    def _set(self, document: OpenDocument) -> None:
        self.open_documents[document.path] = document
        self.workspace.buffers.set_text(document.path, document.text.text)

    def file(self, uri: str) -> LanguageFile | None:
        """The file of an address with its project; None where it belongs to none."""
        path = self.path_of(uri)
        return None if path is None else self.workspace.file(path)

    def encoded(self, path: Path) -> EncodedText:
        """The text of a file with the client's positions; empty where it cannot be read.

        Offsets count without a byte order mark, which no client counts either.
        """
        document = self.open_documents.get(path)
        if document is not None and not document.text.text.startswith("\ufeff"):
            return document.text
        try:
            return EncodedText(self.workspace.buffers.source(path).text, self.encoding)
        except UnreadableFile:
            return EncodedText("", self.encoding)
