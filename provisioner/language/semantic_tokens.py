"""The words of transforms by what they are: column, function, operator, `let` name, text, number, comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from provisioner.diagnostics import Span
from provisioner.kql.operators import OPERATORS
from provisioner.kql.syntax.lexer import Token, tokenize
from provisioner.kql.syntax.operator_precedence import BINDING_POWER
from provisioner.language.kql_cursor import operator_word
from provisioner.language.kql_text import TransformText
from provisioner.language.language_file import LanguageFile

TokenType = Literal["keyword", "function", "property", "variable", "string", "number", "operator", "comment", "type"]
TOKEN_TYPES: tuple[TokenType, ...] = (
    "keyword",
    "function",
    "property",
    "variable",
    "string",
    "number",
    "operator",
    "comment",
    "type",
)
_KEYWORDS = frozenset({"let", "by", "asc", "desc", "nulls", "first", "last", "with", "to", "limit", "kind", "flags"})
_TYPES = frozenset({"bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic"})
_COMMENT = re.compile(r"//[^\n]*")


@dataclass(frozen=True, slots=True)
class SemanticToken:
    """A word of a file with what it is; it does not go over a line's end."""

    span: Span
    type: TokenType
    is_definition: bool = False


def semantic_tokens(file: LanguageFile) -> list[SemanticToken]:
    """The words of all transforms of a file, in the order of the file."""
    tokens = [token for text in file.transforms for token in _text_tokens(text)]
    return sorted(tokens, key=lambda token: token.span)


def _text_tokens(text: TransformText) -> Iterator[SemanticToken]:
    tokens = [token for token in tokenize(text.text)[0] if token.kind != "end"]
    # From the words, since a text with a mistake is coloured too.
    lets = {tokens[number + 1].text for number, token in enumerate(tokens[:-1]) if token.text == "let"}
    behind = 0
    position = 0
    while position < len(tokens):
        token = tokens[position]
        yield from _comments(text, behind, token.start)
        behind = token.end
        before = tokens[position - 1].text if position else ""
        if token.kind == "name" and before == "|":
            word, after = operator_word(tokens, position)
            if word in OPERATORS:
                yield from _lines(text, token.start, tokens[after - 1].end, "keyword")
                behind, position = tokens[after - 1].end, after
                continue
        kind, is_definition = _type_of(tokens, position, lets)
        yield from _lines(text, token.start, token.end, kind, is_definition=is_definition)
        position += 1
    yield from _comments(text, behind, len(text.text))


def _type_of(tokens: list[Token], position: int, lets: set[str]) -> tuple[TokenType, bool]:
    token = tokens[position]
    following = tokens[position + 1].text if position + 1 < len(tokens) else ""
    before = tokens[position - 1].text if position else ""
    if token.kind in {"string", "block"}:
        return "string", False
    if token.kind in {"long", "real", "hex", "span", "typed"}:
        return "number", False
    if token.kind == "op" or token.text in BINDING_POWER:
        return "operator", False
    if token.text in lets:
        return "variable", before == "let"
    if token.text in _TYPES and (before in {":", "("} and following in {")", ",", ""}):
        return "type", False
    if following == "(" and before != ".":
        return "function", False
    if token.text == "source" or (token.text in _KEYWORDS and following not in {"=", "."} and before != "."):
        return "keyword", False
    return "property", following == "=" and before in {"|", ",", "extend", "project"}


def _comments(text: TransformText, start: int, end: int) -> Iterator[SemanticToken]:
    for match in _COMMENT.finditer(text.text, start, end):
        yield from _lines(text, *match.span(), "comment")


def _lines(
    text: TransformText, start: int, end: int, kind: TokenType, *, is_definition: bool = False
) -> Iterator[SemanticToken]:
    """One token for each line that the characters stand on: clients take none that goes over a line's end."""
    while start < end:
        line_end = text.text.find("\n", start, end)
        stop = line_end if line_end >= 0 else end
        if stop > start:
            yield SemanticToken(text.span(Span(start, stop)), kind, is_definition)
        start = stop + 1
