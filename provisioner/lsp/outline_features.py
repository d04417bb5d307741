"""The shape of a file over the protocol: symbols, folding, selection and links."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from provisioner.diagnostics import Span
from provisioner.language.document_links import document_links
from provisioner.language.outline import OutlineItem, OutlineKind, folding_lines, outline, selection_spans
from provisioner.lsp.position_encoding import EncodedText

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer

_OUTLINE_KINDS: dict[OutlineKind, lsp.SymbolKind] = {
    "section": lsp.SymbolKind.Namespace,
    "table": lsp.SymbolKind.Struct,
    "stream": lsp.SymbolKind.Event,
    "dcr": lsp.SymbolKind.Module,
    "grant": lsp.SymbolKind.Interface,
    "variable": lsp.SymbolKind.Variable,
    "environment": lsp.SymbolKind.Package,
    "column": lsp.SymbolKind.Field,
    "test": lsp.SymbolKind.Method,
    "key": lsp.SymbolKind.Property,
}


def register_outline(server: ManifestLanguageServer) -> None:
    """Register symbols, folding, selection and links of one document."""

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        await asyncio.sleep(0)
        file = server.documents.file(params.text_document.uri)
        if file is None:
            return []
        text = server.documents.encoded(file.path)
        return [_document_symbol(item, text) for item in outline(file)]

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    async def folding(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
        await asyncio.sleep(0)
        file = server.documents.file(params.text_document.uri)
        return [lsp.FoldingRange(first, last) for first, last in folding_lines(file)] if file else []

    @server.feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE)
    async def selection(params: lsp.SelectionRangeParams) -> list[lsp.SelectionRange]:
        await asyncio.sleep(0)
        file = server.documents.file(params.text_document.uri)
        if file is None:
            return []
        text = server.documents.encoded(file.path)
        ranges = []
        for position in params.positions:
            parent: lsp.SelectionRange | None = None
            for span in reversed(selection_spans(file, text.offset(position))):
                parent = lsp.SelectionRange(text.range(span), parent)
            ranges.append(parent or lsp.SelectionRange(lsp.Range(position, position)))
        return ranges

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_LINK)
    async def links(params: lsp.DocumentLinkParams) -> list[lsp.DocumentLink]:
        await asyncio.sleep(0)
        file = server.documents.file(params.text_document.uri)
        if file is None:
            return []
        text = server.documents.encoded(file.path)
        return [
            lsp.DocumentLink(
                text.range(link.span), link.address or (server.documents.uri_of(link.path) if link.path else None)
            )
            for link in document_links(file)
        ]


def _document_symbol(item: OutlineItem, text: EncodedText) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(
        name=item.name or " ",
        kind=_OUTLINE_KINDS[item.kind],
        range=text.range(Span(item.span.start, max(item.span.end, item.name_span.end))),
        selection_range=text.range(item.name_span),
        detail=item.detail or None,
        children=[_document_symbol(child, text) for child in item.children],
    )
