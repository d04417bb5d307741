"""Names over the protocol: definition, references, highlight, rename, and the symbols of a workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from provisioner.errors import ProvisionerError
from provisioner.language.document_links import linked_path
from provisioner.language.language_workspace import LanguageFile, ManifestPlace
from provisioner.language.name_index import NameIndex
from provisioner.language.symbol_rename import rename_edits
from provisioner.language.symbols import Occurrence, SymbolKind
from provisioner.lsp.position_encoding import EncodedText
from provisioner.lsp.refused_request import RefusedRequest
from provisioner.lsp.workspace_edits import workspace_edit

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer

_SYMBOL_KINDS: dict[SymbolKind, lsp.SymbolKind] = {
    "table": lsp.SymbolKind.Struct,
    "stream": lsp.SymbolKind.Event,
    "dcr": lsp.SymbolKind.Module,
    "application": lsp.SymbolKind.Class,
    "grant": lsp.SymbolKind.Interface,
    "variable": lsp.SymbolKind.Variable,
    "environment": lsp.SymbolKind.Package,
    "table_column": lsp.SymbolKind.Field,
    "stream_column": lsp.SymbolKind.Field,
}
_MAX_SYMBOLS = 500
"""Symbols of a workspace that one answer has; editors ask again with a longer query."""


def register_names(server: ManifestLanguageServer) -> None:
    """Register what finds and changes names."""

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: lsp.DefinitionParams) -> list[lsp.Location]:
        await asyncio.sleep(0)
        return list(_definitions(server, params))

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        await asyncio.sleep(0)
        occurrences = _occurrences_at(server, params)
        shown = (one for one in occurrences if params.context.include_declaration or not one.is_definition)
        return _locations(server, shown)

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def highlight(params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
        await asyncio.sleep(0)
        path = server.documents.path_of(params.text_document.uri)
        occurrences = [one for one in _occurrences_at(server, params) if one.file == path]
        text = server.documents.encoded(path) if path is not None else EncodedText("", "utf-16")
        spans = {one.span: one.is_definition or one.role in {"write", "derived"} for one in occurrences}
        return [lsp.DocumentHighlight(text.range(span), _HIGHLIGHTS[is_write]) for span, is_write in spans.items()]

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare_rename(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        await asyncio.sleep(0)
        located = _index_at(server, params)
        symbols = located[0].symbols_at(located[1].path, located[2]) if located else []
        if not symbols or located is None:
            return None
        symbol, span = symbols[0]
        return lsp.PrepareRenamePlaceholder(server.documents.encoded(located[1].path).range(span), symbol.name)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        await asyncio.sleep(0)
        located = _index_at(server, params)
        if located is None:
            return None
        index, file, offset = located
        try:
            return workspace_edit(server, rename_edits(index, file.path, offset, params.new_name))
        except ProvisionerError as error:
            # What the author can mend is shown in the editor, not logged as a fault of ours.
            raise RefusedRequest(f"{error.message}: {error.hint}") from error

    @server.feature(lsp.WORKSPACE_SYMBOL)
    async def workspace_symbols(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        await asyncio.sleep(0)
        return list(_workspace_symbols(server, params.query.lower()))[:_MAX_SYMBOLS]


_HIGHLIGHTS = {True: lsp.DocumentHighlightKind.Write, False: lsp.DocumentHighlightKind.Read}
PlaceParams = (
    lsp.DefinitionParams
    | lsp.ReferenceParams
    | lsp.DocumentHighlightParams
    | lsp.PrepareRenameParams
    | lsp.RenameParams
)


def _index_at(server: ManifestLanguageServer, params: PlaceParams) -> tuple[NameIndex, LanguageFile, int] | None:
    file = server.documents.file(params.text_document.uri)
    if file is None:
        return None
    return server.name_index(file), file, server.documents.encoded(file.path).offset(params.position)


def _occurrences_at(server: ManifestLanguageServer, params: PlaceParams) -> list[Occurrence]:
    located = _index_at(server, params)
    if located is None:
        return []
    index, file, offset = located
    return [one for symbol, _ in index.symbols_at(file.path, offset) for one in index.of(symbol)]


def _definitions(server: ManifestLanguageServer, params: lsp.DefinitionParams) -> Iterator[lsp.Location]:
    """Where a name is given; of a file's path the file."""
    occurrences = _occurrences_at(server, params)
    yield from _locations(server, (one for one in occurrences if one.is_definition))
    file = server.documents.file(params.text_document.uri)
    if occurrences or file is None:
        return
    place = file.place(server.documents.encoded(file.path).offset(params.position))
    if isinstance(place, ManifestPlace):
        token = place.cursor.token
        path = linked_path(file, file.source.text[token.start : token.end].strip().strip("\"'"))
        if (
            path is not None
            and place.cursor.path
            and (place.cursor.path[-1] == "file" or place.cursor.path[0] == "include")
        ):
            start = lsp.Position(0, 0)
            yield lsp.Location(server.documents.uri_of(path), lsp.Range(start, start))


def _locations(server: ManifestLanguageServer, occurrences: Iterable[Occurrence]) -> list[lsp.Location]:
    spans = dict.fromkeys((one.file, one.span) for one in occurrences)
    return [
        lsp.Location(server.documents.uri_of(file), server.documents.encoded(file).range(span)) for file, span in spans
    ]


def _workspace_symbols(server: ManifestLanguageServer, query: str) -> Iterator[lsp.WorkspaceSymbol]:
    for project in server.documents.workspace.projects():
        file = server.documents.workspace.file(project.manifest_file)
        if file is None:
            continue
        for one in server.name_index(file).occurrences:
            symbol = one.symbol
            if one.is_definition and symbol.kind in _SYMBOL_KINDS and query in symbol.name.lower():
                location = lsp.Location(
                    server.documents.uri_of(one.file), server.documents.encoded(one.file).range(one.span)
                )
                yield lsp.WorkspaceSymbol(
                    location, symbol.name, _SYMBOL_KINDS[symbol.kind], container_name=symbol.owner
                )
