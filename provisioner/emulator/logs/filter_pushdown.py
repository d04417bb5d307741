"""What can be said of a query's rows before it runs, so that the store need not read them all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provisioner.emulator.logs.bloom_filter import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|\"[^\"]*\"|'[^']*'|//[^\n]*")
_PIECE = re.compile(
    r"\s*(\"[^\"\\\n]*\"|'[^'\\\n]*'|\['[^'\\\]]*'\]|\[\"[^\"\\\]]*\"\]|[A-Za-z_]\w*|\d[\w.:-]*|==|=~|!=|!~|<=|>=|\.\.|[-()|,.<>=*/+%!])"
)
_EXACT = {"==", "=~", "has", "has_cs"}
_PRINTED_OTHERWISE = {"real", "decimal"}

Step = list[str]


def tables_named(text: str, known: Iterable[str]) -> list[str]:
    """The known tables whose names stand in a query, also quoted; `search`, `union *` and the like mean them all."""
    found = {each.strip("'\"") for each in _WORD.findall(text)}
    known = list(known)
    if found & {"search", "find"} or re.search(r"\bunion\b[^|;]*\*", text):
        return known
    return [each for each in known if each in found]


def words_needed(text: str, schemas: Mapping[str, Mapping[str, str]]) -> dict[str, frozenset[bytes]]:
    """For each table the words that a row must hold to pass the filters that stand right after its name.

    Only what is certain is said: a query of another form, or with anything that is not understood, needs nothing.
    """
    pieces = _pieces(text)
    if pieces is None:
        return {}
    found: dict[str, frozenset[bytes]] = {}
    for leg in _legs(pieces):
        steps = list(_split(leg, {"|"}))
        table = _bare(steps[0][0]) if steps and len(steps[0]) == 1 else None
        if table is None or table not in schemas:
            continue
        needed = _leading(steps[1:], schemas[table])
        found[table] = found[table] & needed if table in found else needed
    counts = {table: sum(_bare(each) == table for each in pieces) for table in found}
    return {table: needed for table, needed in found.items() if needed and counts[table] == 1}


def _pieces(text: str) -> list[str] | None:
    """The query cut into words and marks; None where something is not of the simple kind."""
    at, found, text = 0, [], text.strip()
    if "//" in text:
        return None
    while at < len(text):
        match = _PIECE.match(text, at)
        if match is None:
            return None
        found.append(match[1])
        at = match.end()
    return found


def _legs(pieces: Step) -> Iterator[Step]:
    """The one pipeline of a query, or those in the brackets of a leading union."""
    if pieces[:1] != ["union"]:
        yield pieces
        return
    depth, leg = 0, Step()
    for each in pieces[1:]:
        depth += {"(": 1, ")": -1}.get(each, 0)
        if depth == 0 and each == ")":
            yield leg[1:]
            leg = Step()
        elif depth == 0 and each == "|":
            return
        elif depth:
            leg.append(each)


def _leading(steps: list[Step], columns: Mapping[str, str]) -> frozenset[bytes]:
    needed: frozenset[bytes] = frozenset()
    for step in steps:
        if step[:1] != ["where"]:
            break
        needed |= _either(step[1:], columns)
    return needed


def _either(pieces: Step, columns: Mapping[str, str]) -> frozenset[bytes]:
    """Of alternatives only that is certain which all of them need."""
    choices = [_all(each, columns) for each in _split(pieces, {"or"})]
    return frozenset.intersection(*choices) if choices else frozenset()


def _all(pieces: Step, columns: Mapping[str, str]) -> frozenset[bytes]:
    return frozenset().union(*(_one(each, columns) for each in _split(pieces, {"and"})))


def _one(pieces: Step, columns: Mapping[str, str]) -> frozenset[bytes]:
    """The words that one comparison needs: of a text column, or of any other column's printed value."""
    match pieces:
        case ["(", *inner, ")"] if _closed(inner):
            return _either(inner, columns)
        case [name, operator, constant] if operator in _EXACT and columns.get(_bare(name)) == "string":
            return _constant(constant)
        case ["tostring", "(", name, ")", operator, constant] if operator in _EXACT:
            kind = columns.get(_bare(name))
            return _constant(constant) if kind is not None and kind not in _PRINTED_OTHERWISE else frozenset()
    return frozenset()


def _constant(piece: str) -> frozenset[bytes]:
    return frozenset(words(piece[1:-1])) if piece[0] in "'\"" else frozenset()


def _closed(pieces: Step) -> bool:
    depth = 0
    for each in pieces:
        depth += {"(": 1, ")": -1}.get(each, 0)
        if depth < 0:
            return False
    return depth == 0


def _split(pieces: Step, marks: set[str]) -> Iterator[Step]:
    """The parts between marks that stand in no brackets."""
    depth, part = 0, Step()
    for each in pieces:
        depth += {"(": 1, ")": -1}.get(each, 0)
        if depth == 0 and each in marks:
            yield part
            part = Step()
        else:
            part.append(each)
    yield part


def _bare(piece: str) -> str:
    return piece[2:-2] if piece.startswith("[") else piece
