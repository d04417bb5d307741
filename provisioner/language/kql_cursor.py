"""A place in a KQL text → the pipeline, operator, call and word it is in, also where the text is half typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from provisioner.diagnostics import Span
from provisioner.kql.functions.result_names import RESULT_NAME_RULES
from provisioner.kql.syntax.lexer import Token, tokenize

_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")


@dataclass(slots=True)
class _Frame:
    """The text or an open bracket: where its statement or content starts, its pipes and commas so far."""

    bracket: str
    start: int
    call: str = ""
    call_start: int = 0
    pipes: list[int] = field(default_factory=list)
    commas: list[int] = field(default_factory=list)

    @property
    def is_pipeline(self) -> bool:
        return self.bracket in {"", "{"} or bool(self.pipes)


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose brackets the place is inside of: the function, where its name starts, and the argument's number."""

    name: str
    start: int
    argument: int


@dataclass(frozen=True, slots=True)
class KqlCursor:
    """One place of a KQL text.

    `pipeline_start` is where the innermost pipeline starts, `pipes` are the offsets of its pipes before the place.
    `word` is the name or number at the place, `written` its characters up to it. `operator` is the operator's word, ""
    where none is written yet. `previous` are the texts of the tokens before the word, the nearest last, inside of the
    operator. `inside`: "" for code, else "string", "comment", or "name" in the quotes in which a function takes a
    column's name, which is the word then. `item_start` is where the current item of the
    operator's list begins. `parameters` are those of the function whose body the place is in, outside of a pipeline.
    """

    offset: int
    word: Span
    written: str
    statement_start: int
    pipeline_start: int
    pipes: tuple[int, ...]
    operator: str
    operator_start: int
    previous: tuple[str, ...]
    previous_kinds: tuple[str, ...]
    calls: tuple[Call, ...]
    inside: str
    item_start: int
    depth: int
    parameters: tuple[str, ...] = ()

    @property
    def in_source(self) -> bool:
        """Whether the place is before the first pipe of its pipeline."""
        return not self.pipes


def operator_word(tokens: list[Token], position: int) -> tuple[str, int]:
    """The operator's word that starts at a token, hyphens included, and the position of the token behind it."""
    if position >= len(tokens) or tokens[position].kind != "name":
        return "", position
    word, position = tokens[position].text, position + 1
    while (
        position + 1 < len(tokens)
        and tokens[position].text == "-"
        and tokens[position].start == tokens[position - 1].end
        and tokens[position + 1].kind == "name"
        and tokens[position + 1].start == tokens[position].end
    ):
        word += "-" + tokens[position + 1].text
        position += 2
    return word, position


def _takes_name(calls: tuple[Call, ...]) -> bool:
    return bool(calls) and calls[-1].argument == 0 and RESULT_NAME_RULES.get(calls[-1].name) == "column"


def _quoted_part(token: Token) -> Span:
    """The characters between a text's quotes, the closing of which may not be written yet."""
    opening = len(token.text) - len(token.text.lstrip("hH@")) + 1
    return Span(token.start + opening, token.end - 1 if _is_closed(token.text) else token.end)


def kql_cursor(text: str, offset: int) -> KqlCursor:
    """What the place `offset` is in."""
    tokens, _ = tokenize(text)
    frames = [_Frame("", 0)]
    statement_start = 0
    before: list[Token] = []
    for token in tokens:
        if token.start >= offset or token.kind == "end":
            break
        before.append(token)
        # A bracket that the cursor touches from the left is not open yet.
        if token.kind != "op" or token.end > offset:
            continue
        if token.text in _OPENING:
            name = before[-2] if len(before) > 1 and before[-2].kind == "name" and token.text == "(" else None
            frames.append(_Frame(token.text, token.end, name.text if name else "", name.start if name else 0))
        elif token.text in _CLOSING:
            if len(frames) > 1:
                frames.pop()
        elif token.text == "|":
            frames[-1].pipes.append(token.start)
            frames[-1].commas.clear()
        elif token.text == ",":
            frames[-1].commas.append(token.end)
        elif token.text == ";":
            frames[-1] = _Frame(frames[-1].bracket, token.end)
            if len(frames) == 1:
                statement_start = token.end
    return _cursor_of(text, offset, tokens, before, frames, statement_start)


def _cursor_of(
    text: str, offset: int, tokens: list[Token], before: list[Token], frames: list[_Frame], statement_start: int
) -> KqlCursor:
    current = before[-1] if before and before[-1].end >= offset else None
    inside = "comment" if _in_comment(text, offset, before) else ""
    word = Span(offset, offset)
    if current is not None:
        if current.kind in {"string", "block", "typed"} and (current.end > offset or not _is_closed(current.text)):
            inside = "string"
        if current.kind in {"name", "long", "real", "span", "hex"}:
            word = Span(current.start, current.end)
            before = before[:-1]
    elif (
        ahead := next((token for token in tokens if token.start == offset and token.kind == "name"), None)
    ) is not None:
        word = Span(ahead.start, ahead.end)
    # The innermost pipeline: brackets without a pipe belong to an expression of it.
    level = max((number for number, frame in enumerate(frames) if frame.is_pipeline), default=0)
    pipeline = frames[level]
    start = _body_start(text, pipeline.start, tokens) if pipeline.bracket in {"", "{"} else pipeline.start
    operator_start = pipeline.pipes[-1] + 1 if pipeline.pipes else start
    inside_operator = [token for token in before if token.start >= operator_start]
    operator, length = ("", 0)
    if pipeline.pipes:
        words = [token for token in tokens if token.start >= operator_start and token.kind != "end"]
        operator, length = operator_word(words, 0)
        # The word that is being written is no operator yet.
        if length and words[length - 1].end >= offset:
            operator = ""
    # Only the pipeline's own commas separate items; those of calls are in the frames behind it.
    commas = pipeline.commas
    calls = tuple(Call(frame.call, frame.call_start, len(frame.commas)) for frame in frames[level + 1 :] if frame.call)
    if inside == "string" and current is not None and _takes_name(calls):
        inside, word = "name", _quoted_part(current)
    behind_word = tokens_end(inside_operator, length) if operator else operator_start
    return KqlCursor(
        offset=offset,
        word=word,
        written=text[word.start : offset],
        statement_start=statement_start,
        pipeline_start=start,
        pipes=tuple(pipeline.pipes),
        operator=operator,
        operator_start=operator_start,
        previous=tuple(token.text for token in inside_operator[-6:]),
        previous_kinds=tuple(token.kind for token in inside_operator[-6:]),
        calls=calls,
        inside=inside,
        item_start=max([behind_word, *commas]),
        depth=len(frames) - 1 - level,
        parameters=_parameters_before(text, pipeline.start) if pipeline.bracket == "{" and not pipeline.pipes else (),
    )


_PARAMETERS = re.compile(r"\(([^()]*)\)\s*\{$")
_PARAMETER_NAME = re.compile(r"([A-Za-z_]\w*)\s*:")


def _parameters_before(text: str, start: int) -> tuple[str, ...]:
    """The parameters of a function whose body starts behind the brace before `start`."""
    match = _PARAMETERS.search(text[:start])
    return tuple(_PARAMETER_NAME.findall(match[1])) if match else ()


def tokens_end(tokens: list[Token], count: int) -> int:
    """The offset behind the first `count` tokens."""
    return tokens[min(count, len(tokens)) - 1].end if tokens and count else 0


_LET = re.compile(r"\s*let\s+\w+\s*=(?!=)")


# `let x =` stands before the pipeline that the name is given to, and binds nothing in it.
def _body_start(text: str, start: int, tokens: list[Token]) -> int:
    """Where the pipeline of a statement starts: behind `let name =`, and behind comments."""
    first = next((token for token in tokens if token.start >= start), None)
    start = first.start if first is not None else start
    match = _LET.match(text, start)
    return match.end() if match else start


def _is_closed(string: str) -> bool:
    return len(string) > 1 and string[-1:] in {'"', "'", ")", "`", "~"}


def _in_comment(text: str, offset: int, before: list[Token]) -> bool:
    """Whether the place is behind `//` on its line, outside of any token."""
    behind = before[-1].end if before else 0
    line = text.rfind("\n", 0, offset) + 1
    return behind <= offset and "//" in text[max(line, behind) : offset]
