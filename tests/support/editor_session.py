"""An editor's side of the protocol over pytest-lsp's client: texts, places in them, and edits that are applied."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

SERVER = ClientServerConfig(server_command=[sys.executable, "-m", "provisioner", "lsp", "-q"])


def path_of(uri: str) -> Path:
    return Path(unquote(urlparse(uri).path))


class EditorSession:
    """One window of an editor: the documents that are open in it, as the server was told of them."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.texts: dict[Path, str] = {}
        self.versions: dict[Path, int] = {}

    async def start(self, folder: Path, editor: str = "visual-studio-code", **settings) -> lsp.ServerCapabilities:
        result = await self.client.initialize_session(
            lsp.InitializeParams(
                capabilities=client_capabilities(editor),
                workspace_folders=[lsp.WorkspaceFolder(folder.as_uri(), folder.name)],
                initialization_options=settings,
            )
        )
        return result.capabilities

    def open(self, path: Path, text: str | None = None) -> None:
        self.texts[path] = path.read_text("utf-8") if text is None else text
        self.versions[path] = 1
        item = lsp.TextDocumentItem(path.as_uri(), "kql" if path.suffix == ".kql" else "yaml", 1, self.texts[path])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def change(self, path: Path, text: str) -> None:
        self.texts[path] = text
        self.versions[path] += 1
        identifier = lsp.VersionedTextDocumentIdentifier(self.versions[path], path.as_uri())
        whole = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, [whole]))

    # -- places

    def document(self, path: Path) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(path.as_uri())

    def position(self, path: Path, offset: int) -> lsp.Position:
        """The position of an offset, in UTF-16 units."""
        before = self.texts[path][:offset]
        line_start = before.rfind("\n") + 1
        return lsp.Position(before.count("\n"), len(before[line_start:].encode("utf-16-le")) // 2)

    def at(self, path: Path, needle: str, shift: int = 0) -> lsp.Position:
        """The position of the last `needle`, some characters further on."""
        return self.position(path, self.texts[path].rindex(needle) + shift)

    def whole(self, path: Path) -> lsp.Range:
        return lsp.Range(lsp.Position(0, 0), self.position(path, len(self.texts[path])))

    def offset(self, path: Path, position: lsp.Position) -> int:
        lines = self.texts[path].split("\n")
        start = sum(len(line) + 1 for line in lines[: position.line])
        encoded = lines[position.line].encode("utf-16-le") if position.line < len(lines) else b""
        return start + len(encoded[: position.character * 2].decode("utf-16-le"))

    # -- what the server says

    async def findings(self, path: Path) -> list[lsp.Diagnostic]:
        """The findings of a file when they are asked for."""
        report = await self.client.text_document_diagnostic_async(lsp.DocumentDiagnosticParams(self.document(path)))
        return list(report.items)

    async def published(self, path: Path) -> list[lsp.Diagnostic]:
        """The findings that are pushed next for a file."""
        while True:
            params = await asyncio.wait_for(self.client.wait_for_notification("textDocument/publishDiagnostics"), 60)
            if path_of(params.uri) == path:
                return list(params.diagnostics)

    async def actions(self, path: Path, position: lsp.Position | None = None) -> list[lsp.CodeAction]:
        """What is offered at a place, or anywhere in a file."""
        part = self.whole(path) if position is None else lsp.Range(position, position)
        context = lsp.CodeActionContext([])
        return await self.client.text_document_code_action_async(
            lsp.CodeActionParams(self.document(path), part, context)
        )

    async def take_action(self, path: Path, title: str, position: lsp.Position | None = None) -> None:
        """Apply the one action whose title begins so."""
        actions = await self.actions(path, position)
        matching = [action for action in actions if action.title.startswith(title)]
        assert matching, f"{title!r} is not among {[action.title for action in actions]}"
        self.apply(matching[0].edit)

    # -- edits

    def apply(self, edit: lsp.WorkspaceEdit) -> None:
        """Apply an edit as an editor does: files are made, texts of files that were closed are opened."""
        for uri, edits in (edit.changes or {}).items():
            self._apply(path_of(uri), edits)
        for change in edit.document_changes or []:
            if isinstance(change, lsp.CreateFile):
                path_of(change.uri).write_text("", "utf-8")
            else:
                self._apply(path_of(change.text_document.uri), change.edits)

    def _apply(self, path: Path, edits) -> None:
        if path not in self.texts:
            self.open(path)
        self.change(path, self.edited(path, edits))

    def edited(self, path: Path, edits) -> str:
        """The text of a file after edits of it, which count in the text as it is."""
        text = self.texts[path]
        for edit in sorted(edits, key=lambda one: (one.range.start.line, one.range.start.character), reverse=True):
            start, end = self.offset(path, edit.range.start), self.offset(path, edit.range.end)
            text = text[:start] + edit.new_text + text[end:]
        return text
