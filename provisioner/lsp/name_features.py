"""Names over the protocol: definition, references, highlight, rename, and the symbols of a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from provisioner.errors import ProvisionerError
from provisioner.language.document_links import linked_path
from provisioner.language.language_file import ManifestPlace
from provisioner.language.symbol_rename import rename_edits
from provisioner.language.symbols import Occurrence, SymbolKind
from provisioner.lsp.file_request import FileRequest
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


def definition(request: FileRequest, params: lsp.DefinitionParams) -> list[lsp.Location]:
    """Where a name is given; of a file's path the file."""
    occurrences = _occurrences_at(request, params.position)
    if occurrences:
        return _locations(request.server, (one for one in occurrences if one.is_definition))
    place = request.place(params.position)
    path = place.cursor.path if isinstance(place, ManifestPlace) else ()
    if not isinstance(place, ManifestPlace) or not path or not (path[-1] == "file" or path[0] == "include"):
        return []
    token = place.cursor.token
    file = linked_path(request.file, request.file.source.text[token.start : token.end].strip().strip("\"'"))
    start = lsp.Position(0, 0)
    return [lsp.Location(request.server.documents.uri_of(file), lsp.Range(start, start))] if file is not None else []


def references(request: FileRequest, params: lsp.ReferenceParams) -> list[lsp.Location]:
    """Every place at which a name is written."""
    occurrences = _occurrences_at(request, params.position)
    shown = (one for one in occurrences if params.context.include_declaration or not one.is_definition)
    return _locations(request.server, shown)


def highlight(request: FileRequest, params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
    """The places of a name in its file."""
    occurrences = [one for one in _occurrences_at(request, params.position) if one.file == request.file.path]
    spans = {one.span: one.is_definition or one.role in {"write", "derived"} for one in occurrences}
    return [lsp.DocumentHighlight(request.text.range(span), _HIGHLIGHTS[is_write]) for span, is_write in spans.items()]


def prepare_rename(request: FileRequest, params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
    """The name that would be changed."""
    offset = request.text.offset(params.position)
    symbols = request.server.name_index(request.file).symbols_at(request.file.path, offset)
    if not symbols:
        return None
    symbol, span = symbols[0]
    return lsp.PrepareRenamePlaceholder(request.text.range(span), symbol.name)


def rename(request: FileRequest, params: lsp.RenameParams) -> lsp.WorkspaceEdit:
    """Another name everywhere. Raises RefusedRequest where there can be none."""
    index, offset = request.server.name_index(request.file), request.text.offset(params.position)
    try:
        return workspace_edit(request.server, rename_edits(index, request.file.path, offset, params.new_name))
    except ProvisionerError as error:
        # What the author can mend is shown in the editor, not logged as a fault of ours.
        raise RefusedRequest(f"{error.message}: {error.hint}") from error


def workspace_symbols(server: ManifestLanguageServer, query: str) -> list[lsp.WorkspaceSymbol]:
    """The names of all projects that hold some letters."""
    return list(islice(_workspace_symbols(server, query.lower()), _MAX_SYMBOLS))


_HIGHLIGHTS = {True: lsp.DocumentHighlightKind.Write, False: lsp.DocumentHighlightKind.Read}


def _occurrences_at(request: FileRequest, position: lsp.Position) -> list[Occurrence]:
    index = request.server.name_index(request.file)
    symbols = index.symbols_at(request.file.path, request.text.offset(position))
    return [one for symbol, _ in symbols for one in index.of(symbol)]


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
