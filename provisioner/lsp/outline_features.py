"""The shape of a file over the protocol: symbols, folding, selection and links."""

from __future__ import annotations

from lsprotocol import types as lsp

from provisioner.diagnostics import Span
from provisioner.language.document_links import document_links
from provisioner.language.outline import OutlineItem, OutlineKind, folding_lines, outline, selection_spans
from provisioner.lsp.file_request import FileRequest
from provisioner.lsp.position_encoding import EncodedText

_OUTLINE_KINDS: dict[OutlineKind, lsp.SymbolKind] = {
    "section": lsp.SymbolKind.Namespace,
    "table": lsp.SymbolKind.Struct,
    "stream": lsp.SymbolKind.Event,
    "dcr": lsp.SymbolKind.Module,
    "application": lsp.SymbolKind.Class,
    "grant": lsp.SymbolKind.Interface,
    "variable": lsp.SymbolKind.Variable,
    "environment": lsp.SymbolKind.Package,
    "column": lsp.SymbolKind.Field,
    "test": lsp.SymbolKind.Method,
    "key": lsp.SymbolKind.Property,
}


def symbols(request: FileRequest, _: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    """The outline of a file."""
    return [_document_symbol(item, request.text) for item in outline(request.file)]


def folding(request: FileRequest, _: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
    """The lines that can be folded away."""
    return [lsp.FoldingRange(first, last) for first, last in folding_lines(request.file)]


def selection(request: FileRequest, params: lsp.SelectionRangeParams) -> list[lsp.SelectionRange]:
    """For each place what stands around it, from the smallest to the whole."""
    ranges = []
    for position in params.positions:
        parent: lsp.SelectionRange | None = None
        for span in reversed(selection_spans(request.file, request.text.offset(position))):
            parent = lsp.SelectionRange(request.text.range(span), parent)
        ranges.append(parent or lsp.SelectionRange(lsp.Range(position, position)))
    return ranges


def links(request: FileRequest, _: lsp.DocumentLinkParams) -> list[lsp.DocumentLink]:
    """The files and pages that a file names."""
    uri_of = request.server.documents.uri_of
    return [
        lsp.DocumentLink(request.text.range(link.span), link.address or (uri_of(link.path) if link.path else None))
        for link in document_links(request.file)
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
