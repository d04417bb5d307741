"""Semantic tokens over the protocol."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types as lsp

from provisioner.language.semantic_tokens import TOKEN_TYPES, SemanticToken, semantic_tokens
from provisioner.lsp.file_request import FileRequest
from provisioner.lsp.position_encoding import EncodedText


def all_tokens(request: FileRequest, _: lsp.SemanticTokensParams) -> lsp.SemanticTokens:
    """The words of every transform of a file."""
    return lsp.SemanticTokens(encode_tokens(semantic_tokens(request.file), request.text))


def tokens_of(request: FileRequest, params: lsp.SemanticTokensRangeParams) -> lsp.SemanticTokens:
    """The words in a part of a file."""
    part = request.span(params.range)
    tokens = [one for one in semantic_tokens(request.file) if one.span.end > part.start and one.span.start < part.end]
    return lsp.SemanticTokens(encode_tokens(tokens, request.text))


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
