"""The layout of a text: one operator a line, one space between words, comments kept."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 100
_TIGHT_BEFORE = frozenset((",", ";", ")", "]", ".", ":"))
_TIGHT_AFTER = frozenset(("(", "[", "."))
_OPEN = frozenset("([{")
_CLOSE = frozenset(")]}")


@dataclass(slots=True)
class Piece:
    """A token or a comment, with whether white space stood before it."""

    text: str
    kind: str
    spaced: bool


def format(text: str) -> str:  # noqa: A001 - the verb
    """The text in the standard layout; a text that is not read cleanly comes back as it is.

    Every pipe of the outermost pipelines begins a line, every statement too; a list that does not fit into a line
    is broken behind its commas.
    """
    pieces = _pieces(text)
    if pieces is None:
        return text
    laid = "\n".join(_break(line) for line in _lines(pieces))
    return laid if same(text, laid) else text


def same(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but layout and comments."""
    return _meaning(one) == _meaning(other)


def _meaning(text: str) -> list[tuple[str, str]]:
    """Kind and text of each token; a hyphen glued to its neighbours is told from a minus between spaces."""
    from provisioner.kql.syntax.lexer import tokenize

    tokens, flaws = tokenize(text)
    found: list[tuple[str, str]] = []
    for place, token in enumerate(tokens):
        kind = token.kind
        if token.text == "-" and _is_hyphen(tokens, place):
            kind = "hyphen"
        found.append((kind, _squeezed(token.text) if kind == "typed" else token.text))
    while len(found) > 1 and found[-2] == ("op", ";"):
        del found[-2]
    found.extend(("flaw", text[flaw.start : flaw.end]) for flaw in flaws)
    return found


def _is_hyphen(tokens: list, place: int) -> bool:  # type: ignore[type-arg]
    """`project-away`: names on both sides, nothing between, and a pipe before the word."""
    if not 0 < place < len(tokens) - 1:
        return False
    before, here, after = tokens[place - 1 : place + 2]
    return bool(
        before.kind == "name" and after.kind == "name" and before.end == here.start and here.end == after.start
        and _word_begins(tokens, place - 1)
    )  # fmt: skip


def _word_begins(tokens: list, place: int) -> bool:  # type: ignore[type-arg]
    while place > 1 and tokens[place - 1].text == "-" and tokens[place - 1].end == tokens[place].start:
        place -= 2
    return place > 0 and tokens[place - 1].text == "|"


def _squeezed(text: str) -> str:
    """A typed literal without the space before its parenthesis and at the ends of what is inside."""
    word, _, rest = text.partition("(")
    return f"{word.strip()}({rest[:-1].strip()})"


def _pieces(text: str) -> list[Piece] | None:
    """Tokens and comments in order; None where something is no token."""
    from provisioner.kql.syntax.lexer import tokenize

    tokens, flaws = tokenize(text)
    if flaws:
        return None
    found: list[Piece] = []
    end = 0
    for place, token in enumerate(tokens):
        gap = text[end : token.start]
        lines = (line.strip().lstrip("\ufeff") for line in gap.split("\n"))
        comments = (line for line in lines if line.startswith("//"))
        found.extend(Piece(comment, "comment", spaced=True) for comment in comments)
        if token.kind != "end":
            kind = "hyphen" if token.text == "-" and _is_hyphen(tokens, place) else token.kind
            written = _squeezed(token.text) if kind == "typed" else token.text
            found.append(Piece(written, kind, spaced=bool(gap)))
        end = token.end
    return found


def _lines(pieces: list[Piece]) -> list[list[Piece]]:
    """A line for each statement, each operator behind an outermost pipe, and each comment."""
    lines: list[list[Piece]] = [[]]
    depth = 0
    for piece in pieces:
        if piece.kind == "comment":
            lines.extend(([piece], []))
            continue
        depth += (piece.text in _OPEN) - (piece.text in _CLOSE) if piece.kind == "op" else 0
        if piece.kind == "op" and piece.text == "|" and depth == 0 and lines[-1]:
            lines.append([])
        lines[-1].append(piece)
        if piece.kind == "op" and piece.text == ";" and depth == 0:
            lines.append([])
    return [line for line in lines if line]


def _break(line: list[Piece]) -> str:
    """The line in one piece where it fits, else broken behind its outermost commas."""
    whole = _join(line)
    if len(whole) <= WIDTH or "\n" in whole:
        return whole
    parts: list[list[Piece]] = [[]]
    depth = 0
    for piece in line:
        depth += (piece.text in _OPEN) - (piece.text in _CLOSE) if piece.kind == "op" else 0
        parts[-1].append(piece)
        if piece.kind == "op" and piece.text == "," and depth == 0:
            parts.append([])
    return "\n    ".join(_join(part) for part in parts)


def _join(pieces: list[Piece]) -> str:
    text = ""
    before: Piece | None = None
    unary = False
    for piece in pieces:
        text += piece.text if before is None or _tight(before, piece, unary=unary) else f" {piece.text}"
        unary = piece.kind == "op" and piece.text in "+-" and (before is None or _expects_value(before))
        before = piece
    return text


def _expects_value(piece: Piece) -> bool:
    """Whether a sign behind this piece belongs to the value that follows."""
    return (piece.kind == "op" and piece.text not in _CLOSE) or piece.text in ("and", "or", "in", "by", "between")


def _tight(before: Piece, piece: Piece, *, unary: bool) -> bool:
    """Whether no space stands between two pieces."""
    if "hyphen" in (before.kind, piece.kind) or unary:
        return True
    if piece.kind == "op" and piece.text in _TIGHT_BEFORE:
        return True
    if before.kind == "op" and before.text in _TIGHT_AFTER:
        return True
    if piece.kind == "op" and piece.text in "([":
        return not piece.spaced and (before.kind == "name" or before.text in (")", "]"))
    if "*" in (before.text, piece.text) and "op" in (before.kind, piece.kind):
        return not piece.spaced
    return False
