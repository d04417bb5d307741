"""What a query's text says about the rows it needs, so that the store does not read them all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provisioner.emulator.logs.bloom_filter import words_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_NAME_OR_LITERAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|\"[^\"]*\"|'[^']*'|//[^\n]*")
_TOKEN = re.compile(
    r"\s*(\"[^\"\\\n]*\"|'[^'\\\n]*'|\['[^'\\\]]*'\]|\[\"[^\"\\\]]*\"\]|[A-Za-z_]\w*|\d[\w.:-]*|==|=~|!=|!~|<=|>=|\.\.|[-()|,.<>=*/+%!])"
)
_EXACT = {"==", "=~", "has", "has_cs"}
_PRINTED_UNLIKE_STORED = {"real", "decimal"}  # 1.0 is stored as such and printed by tostring() as 1

Tokens = list[str]


def tables_named(text: str, tables: Iterable[str]) -> list[str]:
    """Those of `tables` whose names stand in a query, also quoted; all of them for `search`, `find` and `union *`."""
    names = {table.strip("'\"") for table in _NAME_OR_LITERAL.findall(text)}
    tables = list(tables)
    # These operators read tables that they do not name.
    if names & {"search", "find"} or re.search(r"\bunion\b[^|;]*\*", text):
        return tables
    return [table for table in tables if table in names]


def required_words(text: str, schemas: Mapping[str, Mapping[str, str]]) -> dict[str, frozenset[bytes]]:
    """Table → the words that a row must contain to pass the filters that stand right after the table's name.

    A table is left out where that is not certain: a word too many would lose rows. So a query of another form, or one
    with anything that is not understood here, narrows nothing.
    """
    tokens = _tokenize(text)
    if tokens is None:
        return {}
    words_by_table: dict[str, frozenset[bytes]] = {}
    for pipeline in _pipelines(tokens):
        steps = list(_split(pipeline, {"|"}))
        table = _unquoted(steps[0][0]) if steps and len(steps[0]) == 1 else None
        if table is None or table not in schemas:
            continue
        required = _words_of_leading_filters(steps[1:], schemas[table])
        words_by_table[table] = words_by_table[table] & required if table in words_by_table else required
    # A table that stands a second time, in a join or a let, is read whole there.
    counts = {table: sum(_unquoted(symbol) == table for symbol in tokens) for table in words_by_table}
    return {table: required for table, required in words_by_table.items() if required and counts[table] == 1}


def _tokenize(text: str) -> list[str] | None:
    """The query cut into names, literals and operators; None where it has anything else, such as an escape."""
    position, tokens, text = 0, [], text.strip()
    # A comment could hide a name or a quote.
    if "//" in text:
        return None
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return None
        tokens.append(match[1])
        position = match.end()
    return tokens


def _pipelines(tokens: Tokens) -> Iterator[Tokens]:
    """The one pipeline of a query, or those in the brackets of a leading union."""
    if tokens[:1] != ["union"]:
        yield tokens
        return
    depth, pipeline = 0, Tokens()
    for symbol in tokens[1:]:
        depth += {"(": 1, ")": -1}.get(symbol, 0)
        if depth == 0 and symbol == ")":
            yield pipeline[1:]
            pipeline = Tokens()
        elif depth == 0 and symbol == "|":
            return
        elif depth:
            pipeline.append(symbol)


def _words_of_leading_filters(steps: list[Tokens], columns: Mapping[str, str]) -> frozenset[bytes]:
    required: frozenset[bytes] = frozenset()
    for tokens in steps:
        if tokens[:1] != ["where"]:
            break
        required |= _words_of_alternatives(tokens[1:], columns)
    return required


def _words_of_alternatives(tokens: Tokens, columns: Mapping[str, str]) -> frozenset[bytes]:
    """The words that every alternative needs."""
    choices = [_words_of_conjunction(alternative, columns) for alternative in _split(tokens, {"or"})]
    return frozenset.intersection(*choices) if choices else frozenset()


def _words_of_conjunction(tokens: Tokens, columns: Mapping[str, str]) -> frozenset[bytes]:
    return frozenset().union(*(_words_of_comparison(operand, columns) for operand in _split(tokens, {"and"})))


def _words_of_comparison(tokens: Tokens, columns: Mapping[str, str]) -> frozenset[bytes]:
    """The words that one comparison needs: of a string column, or of another column's printed value."""
    match tokens:
        case ["(", *inner, ")"] if _brackets_balance(inner):
            return _words_of_alternatives(inner, columns)
        case [name, operator, constant] if operator in _EXACT and columns.get(_unquoted(name)) == "string":
            return _words_of_literal(constant)
        case ["tostring", "(", name, ")", operator, constant] if operator in _EXACT:
            column_type = columns.get(_unquoted(name))
            return (
                _words_of_literal(constant)
                if column_type is not None and column_type not in _PRINTED_UNLIKE_STORED
                else frozenset()
            )
    return frozenset()


def _words_of_literal(symbol: str) -> frozenset[bytes]:
    return frozenset(words_in(symbol[1:-1])) if symbol[0] in "'\"" else frozenset()


def _brackets_balance(tokens: Tokens) -> bool:
    depth = 0
    for symbol in tokens:
        depth += {"(": 1, ")": -1}.get(symbol, 0)
        if depth < 0:
            return False
    return depth == 0


def _split(tokens: Tokens, separators: set[str]) -> Iterator[Tokens]:
    """The parts between separators that stand in no brackets."""
    depth, part = 0, Tokens()
    for symbol in tokens:
        depth += {"(": 1, ")": -1}.get(symbol, 0)
        if depth == 0 and symbol in separators:
            yield part
            part = Tokens()
        else:
            part.append(symbol)
    yield part


def _unquoted(symbol: str) -> str:
    return symbol[2:-2] if symbol.startswith("[") else symbol
