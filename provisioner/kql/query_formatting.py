"""The layout of a query's text: one operator a line, one space between words, comments kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.kql.syntax.lexer import Token

WIDTH = 100
_NO_SPACE_BEFORE = frozenset((",", ";", ")", "]", ".", ":"))
_NO_SPACE_AFTER = frozenset(("(", "[", "."))
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")


@dataclass(slots=True)
class Piece:
    """A token or a comment, with whether white space stood before it."""

    text: str
    kind: str
    spaced: bool


def format(text: str, width: int = WIDTH) -> str:  # noqa: A001 - the verb
    """The text in the standard layout; a text with invalid tokens comes back as it is.

    Every pipe of the outermost pipelines begins a line, every statement too; a list that does not fit into a line of
    `width` characters is broken behind its commas.
    """
    pieces = _pieces(text)
    if pieces is None:
        return text
    formatted = "\n".join(_wrap_line(line, width) for line in _split_lines(pieces))
    # a layout that would change what the text says is a fault of ours: the author's text stays
    return formatted if same(text, formatted) else text


def same(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but layout and comments."""
    return _comparable_tokens(one) == _comparable_tokens(other)


def _comparable_tokens(text: str) -> list[tuple[str, str]]:
    """Kind and text of each token, with `a-b` in an operator's word apart from the same between values."""
    from provisioner.kql.syntax.lexer import tokenize

    tokens, invalid = tokenize(text)
    comparable: list[tuple[str, str]] = []
    for position, token in enumerate(tokens):
        kind = token.kind
        if token.text == "-" and _is_hyphen(tokens, position):
            kind = "hyphen"
        comparable.append((kind, _trim_typed_literal(token.text) if kind == "typed" else token.text))
    # semicolons at the end separate nothing; the last token is that of the end
    while len(comparable) > 1 and comparable[-2] == ("op", ";"):
        del comparable[-2]
    comparable.extend(("invalid", text[piece.start : piece.end]) for piece in invalid)
    return comparable


def _is_hyphen(tokens: list[Token], position: int) -> bool:
    """Whether a `-` is part of an operator's word such as `project-away`: it touches names, a pipe stands before."""
    if not 0 < position < len(tokens) - 1:
        return False
    before, here, after = tokens[position - 1 : position + 2]
    touches_names = (
        before.kind == "name" and after.kind == "name" and before.end == here.start and here.end == after.start
    )
    return touches_names and _is_operator_word(tokens, position - 1)


def _is_operator_word(tokens: list[Token], position: int) -> bool:
    """Whether the name at a position belongs to a word behind a pipe."""
    while position > 1 and tokens[position - 1].text == "-" and tokens[position - 1].end == tokens[position].start:
        position -= 2
    return position > 0 and tokens[position - 1].text == "|"


def _trim_typed_literal(text: str) -> str:
    """`datetime( 2026-01-01 )` as `datetime(2026-01-01)`: the lexer takes it as one token."""
    type_word, _, rest = text.partition("(")
    return f"{type_word.strip()}({rest[:-1].strip()})"


def _pieces(text: str) -> list[Piece] | None:
    """Tokens and comments in order; None where something is no token."""
    from provisioner.kql.syntax.lexer import tokenize

    tokens, invalid = tokenize(text)
    if invalid:
        return None
    pieces: list[Piece] = []
    end = 0
    for position, token in enumerate(tokens):
        gap = text[end : token.start]
        lines = (line.strip().lstrip("\ufeff") for line in gap.split("\n"))
        comments = (line for line in lines if line.startswith("//"))
        pieces.extend(Piece(comment, "comment", spaced=True) for comment in comments)
        if token.kind != "end":
            kind = "hyphen" if token.text == "-" and _is_hyphen(tokens, position) else token.kind
            written = _trim_typed_literal(token.text) if kind == "typed" else token.text
            pieces.append(Piece(written, kind, spaced=bool(gap)))
        end = token.end
    return pieces


def _split_lines(pieces: list[Piece]) -> list[list[Piece]]:
    """A line for each statement, each operator behind an outermost pipe, and each comment."""
    lines: list[list[Piece]] = [[]]
    depth = 0
    for piece in pieces:
        if piece.kind == "comment":
            lines.extend(([piece], []))
            continue
        depth += (piece.text in _OPENING) - (piece.text in _CLOSING) if piece.kind == "op" else 0
        if piece.kind == "op" and piece.text == "|" and depth == 0 and lines[-1]:
            lines.append([])
        lines[-1].append(piece)
        if piece.kind == "op" and piece.text == ";" and depth == 0:
            lines.append([])
    return [line for line in lines if line]


def _wrap_line(line: list[Piece], width: int) -> str:
    """The line in one piece where it fits, else broken behind its outermost commas."""
    whole = _join_pieces(line)
    if len(whole) <= width or "\n" in whole:
        return whole
    parts: list[list[Piece]] = [[]]
    depth = 0
    for piece in line:
        depth += (piece.text in _OPENING) - (piece.text in _CLOSING) if piece.kind == "op" else 0
        parts[-1].append(piece)
        if piece.kind == "op" and piece.text == "," and depth == 0:
            parts.append([])
    return "\n    ".join(_join_pieces(part) for part in parts)


def _join_pieces(pieces: list[Piece]) -> str:
    text = ""
    before: Piece | None = None
    unary = False
    for piece in pieces:
        text += piece.text if before is None or _touches(before, piece, unary=unary) else f" {piece.text}"
        unary = piece.kind == "op" and piece.text in "+-" and (before is None or _expects_value(before))
        before = piece
    return text


def _expects_value(piece: Piece) -> bool:
    """Whether a sign behind this piece belongs to the value that follows."""
    return (piece.kind == "op" and piece.text not in _CLOSING) or piece.text in ("and", "or", "in", "by", "between")


def _touches(before: Piece, piece: Piece, *, unary: bool) -> bool:
    """Whether no space stands between two pieces."""
    if "hyphen" in (before.kind, piece.kind) or unary:
        return True
    if piece.kind == "op" and piece.text in _NO_SPACE_BEFORE:
        return True
    if before.kind == "op" and before.text in _NO_SPACE_AFTER:
        return True
    if piece.kind == "op" and piece.text in "([":
        return not piece.spaced and (before.kind == "name" or before.text in (")", "]"))
    if "*" in (before.text, piece.text) and "op" in (before.kind, piece.kind):
        return not piece.spaced
    return False
