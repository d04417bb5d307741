"""Semantic tokens and signature help over the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from provisioner.language.language_workspace import KqlPlace
from provisioner.language.semantic_tokens import TOKEN_TYPES, SemanticToken, semantic_tokens
from provisioner.language.signature_help import signature_help
from provisioner.lsp.position_encoding import EncodedText

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer

_LEGEND = lsp.SemanticTokensLegend(list(TOKEN_TYPES), ["definition"])


def register_tokens(server: ManifestLanguageServer) -> None:
    """Register semantic tokens and signature help."""

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, _LEGEND)
    async def full(params: lsp.SemanticTokensParams) -> lsp.SemanticTokens:
        await asyncio.sleep(0)
        file = server.documents.file(params.text_document.uri)
        if file is None:
            return lsp.SemanticTokens([])
        return lsp.SemanticTokens(encode_tokens(semantic_tokens(file), server.documents.encoded(file.path)))

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, _LEGEND)
    async def part(params: lsp.SemanticTokensRangeParams) -> lsp.SemanticTokens:
        await asyncio.sleep(0)
        file = server.documents.file(params.text_document.uri)
        if file is None:
            return lsp.SemanticTokens([])
        text = server.documents.encoded(file.path)
        start, end = text.offset(params.range.start), text.offset(params.range.end)
        tokens = [token for token in semantic_tokens(file) if token.span.end > start and token.span.start < end]
        return lsp.SemanticTokens(encode_tokens(tokens, text))

    @server.feature(lsp.TEXT_DOCUMENT_SIGNATURE_HELP, lsp.SignatureHelpOptions(trigger_characters=["(", ","]))
    async def signatures(params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
        await asyncio.sleep(0)
        located = server.place_at(params.text_document.uri, params.position)
        if located is None or not isinstance(located[0], KqlPlace):
            return None
        description = signature_help(located[0])
        if description is None:
            return None
        documentation = lsp.MarkupContent(lsp.MarkupKind.Markdown, description.summary)
        return lsp.SignatureHelp(
            [
                lsp.SignatureInformation(
                    signature.label,
                    documentation,
                    [lsp.ParameterInformation(parameter) for parameter in signature.parameters],
                )
                for signature in description.signatures
            ],
            description.active,
            description.argument,
        )


def encode_tokens(tokens: Sequence[SemanticToken], text: EncodedText) -> list[int]:
    """The tokens as the protocol counts them: each from the one before it."""
    data: list[int] = []
    line = character = 0
    for token in tokens:
        at = text.range(token.span)
        # The protocol has tokens of one line alone.
        if at.start.line != at.end.line or at.end.character <= at.start.character:
            continue
        same_line = at.start.line == line
        data += [
            at.start.line - line,
            at.start.character - (character if same_line else 0),
            at.end.character - at.start.character,
            TOKEN_TYPES.index(token.type),
            int(token.is_definition),
        ]
        line, character = at.start.line, at.start.character
    return data
