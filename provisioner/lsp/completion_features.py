"""Completion, hover and signature help over the protocol."""

from __future__ import annotations

from lsprotocol import types as lsp

from provisioner.diagnostics import Span
from provisioner.language.completion_item import CompletionItem, CompletionKind
from provisioner.language.kql_completion import complete_kql
from provisioner.language.kql_hover import hover_kql
from provisioner.language.language_file import KqlPlace, ManifestPlace
from provisioner.language.manifest_completion import complete_manifest
from provisioner.language.manifest_hover import hover_manifest
from provisioner.language.signature_help import signature_help
from provisioner.lsp.file_request import FileRequest
from provisioner.lsp.position_encoding import EncodedText

_KINDS: dict[CompletionKind, lsp.CompletionItemKind] = {
    "key": lsp.CompletionItemKind.Property,
    "value": lsp.CompletionItemKind.EnumMember,
    "table": lsp.CompletionItemKind.Struct,
    "stream": lsp.CompletionItemKind.Event,
    "dcr": lsp.CompletionItemKind.Module,
    "column": lsp.CompletionItemKind.Field,
    "function": lsp.CompletionItemKind.Function,
    "operator": lsp.CompletionItemKind.Keyword,
    "keyword": lsp.CompletionItemKind.Keyword,
    "variable": lsp.CompletionItemKind.Variable,
    "snippet": lsp.CompletionItemKind.Snippet,
    "file": lsp.CompletionItemKind.File,
}


def complete(request: FileRequest, params: lsp.CompletionParams) -> lsp.CompletionList:
    """What can be written at a place."""
    place = request.place(params.position)
    items = complete_kql(place) if isinstance(place, KqlPlace) else complete_manifest(place)
    span = word_span(place)
    return lsp.CompletionList(is_incomplete=False, items=[protocol_item(item, span, request.text) for item in items])


def hover(request: FileRequest, params: lsp.HoverParams) -> lsp.Hover | None:
    """What is said of the word at a place."""
    place = request.place(params.position)
    description = hover_kql(place) if isinstance(place, KqlPlace) else hover_manifest(place)
    if description is None:
        return None
    content = lsp.MarkupContent(lsp.MarkupKind.Markdown, description.markdown)
    return lsp.Hover(content, request.text.range(description.span))


def signatures(request: FileRequest, params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
    """The signatures of the function whose arguments stand at a place."""
    place = request.place(params.position)
    description = signature_help(place) if isinstance(place, KqlPlace) else None
    if description is None:
        return None
    documentation = lsp.MarkupContent(lsp.MarkupKind.Markdown, description.summary)
    informations = [
        lsp.SignatureInformation(
            signature.label,
            documentation,
            [lsp.ParameterInformation(parameter) for parameter in signature.parameters],
        )
        for signature in description.signatures
    ]
    return lsp.SignatureHelp(informations, description.active, description.argument)


def word_span(place: KqlPlace | ManifestPlace) -> Span:
    """The characters that a proposal replaces: the word up to the place, and what follows of a word in KQL."""
    if isinstance(place, KqlPlace):
        word = Span(place.cursor.word.start, place.text_offset)
        return place.text.span(word) if word.end > word.start else Span(place.offset, place.offset)
    # What stands behind the cursor stays: a value is often put before another word.
    # Quotes stay too: the proposal goes between them.
    quote = 1 if place.cursor.text[:1] in {'"', "'"} else 0
    return Span(place.cursor.token.start + quote, place.offset)


def protocol_item(item: CompletionItem, span: Span, text: EncodedText) -> lsp.CompletionItem:
    """A proposal as the protocol has it."""
    return lsp.CompletionItem(
        label=item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        documentation=lsp.MarkupContent(lsp.MarkupKind.Markdown, item.documentation) if item.documentation else None,
        sort_text=f"{item.rank}{item.label}",
        insert_text_format=lsp.InsertTextFormat.Snippet if item.snippet else lsp.InsertTextFormat.PlainText,
        text_edit=lsp.TextEdit(text.range(span), item.text),
        filter_text=item.text.strip("{}: |") if item.label.startswith("$(") else None,
    )
