"""Functions of texts."""

from __future__ import annotations

import re
from typing import Any

from provisioner.template.evaluation_context import Context
from provisioner.template.functions.number_formats import formatted
from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.json_values import text_of

function = group("string")
# At most six digits: a width of 10^9 would be a text of a gigabyte, and is refused as a lone brace.
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(\d{1,6})(?:,\s*(-?\d{1,6})\s*)?(?::([^{}]*))?\}|[{}]")


@function("format(pattern: string, values: any*) -> string", style="context", composes=True, grows=True)
def format_(pattern: str, *values: Any, context: Context) -> str:
    """The pattern with `{0}`, `{1,10}`, `{2:N0}` … replaced, as .NET's String.Format does it."""
    parts: list[str] = []
    size = end = 0
    for match in _PLACEHOLDER.finditer(pattern):
        parts += (pattern[end : match.start()], _replacement(match, values))
        size += len(parts[-1])
        # Asked before the parts are joined, so that the text is never made.
        context.evaluation.budget.allow(size)
        end = match.end()
    return "".join([*parts, pattern[end:]])


def _replacement(match: re.Match[str], values: tuple[Any, ...]) -> str:
    if match[1] is None:
        if len(match[0]) == 1:
            raise CannotEvaluate("the pattern has a single brace: write '{{' or '}}' for a brace")
        return match[0][0]
    if int(match[1]) >= len(values):
        raise CannotEvaluate(f"the pattern asks for value {match[1]}, and there are {len(values)}")
    text = formatted(values[int(match[1])], match[3])
    width = int(match[2] or 0)
    return text.ljust(-width) if width < 0 else text.rjust(width)


@function("toLower(text: string) -> string", composes=True)
def to_lower(text: str) -> str:
    """The text in lower case."""
    return text.lower()


@function("toUpper(text: string) -> string", composes=True)
def to_upper(text: str) -> str:
    """The text in upper case."""
    return text.upper()


@function("trim(text: string) -> string", composes=True)
def trim(text: str) -> str:
    """The text without white space at its ends."""
    return text.strip()


@function("padLeft(value: string|int, width: int, character: string?) -> string", style="context")
def pad_left(value: str | int, width: int, character: str = " ", *, context: Context) -> str:
    """The text, filled up on its left to a width."""
    if len(character) != 1:
        raise CannotEvaluate("the padding must be one character")
    # Asked before the text is made: a width may be any number.
    context.evaluation.budget.allow(width)
    return text_of(value).rjust(width, character)


@function("replace(text: string, old: string, new: string) -> string", style="context")
def replace_(text: str, old: str, new: str, *, context: Context) -> str:
    """The text with every occurrence of one text replaced by another."""
    if not old:
        raise CannotEvaluate("the text to replace is empty")
    context.evaluation.budget.allow(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


@function("substring(text: string, start: int?, length: int?) -> string")
def substring(text: str, start: int = 0, length: int | None = None) -> str:
    """The part of a text from a position on, all of it or so many characters."""
    end = len(text) if length is None else start + length
    if not 0 <= start <= end <= len(text):
        raise CannotEvaluate(f"start and length must lie within the string, which has {len(text)} characters")
    return text[start:end]


@function("split(text: string, delimiters: string|array) -> array", grows=True)
def split(text: str, delimiters: Any) -> list[str]:
    """The parts of a text between delimiters, empty ones too."""
    # .NET ignores empty delimiters.
    marks = [mark for mark in ([delimiters] if isinstance(delimiters, str) else delimiters) if mark]
    if not all(isinstance(mark, str) for mark in marks):
        raise CannotEvaluate("every delimiter must be a string")
    return re.split("|".join(map(re.escape, marks)), text) if marks else [text]


@function("join(items: array, delimiter: string) -> string", style="context", composes=True)
def join(items: list[Any], delimiter: str, *, context: Context) -> str:
    """The members as texts, with a delimiter between them."""
    texts = [text_of(item) for item in items]
    context.evaluation.budget.allow(sum(map(len, texts)) + len(delimiter) * len(texts))
    return delimiter.join(texts)


@function("startsWith(text: string, piece: string) -> bool")
def starts_with(text: str, piece: str) -> bool:
    """Whether a text begins with another, in any case."""
    return text.lower().startswith(piece.lower())


@function("like(text: string, pattern: string) -> bool")
def like(text: str, pattern: str) -> bool:
    """Whether a text is as a pattern says, in any case: `*` stands for any characters, or none."""
    first, *others = pattern.lower().split("*")
    rest = text.lower()
    if not others:
        return rest == first
    if not rest.startswith(first):
        return False
    *between, last = others
    rest = rest[len(first) :]
    # Each piece where it first stands: that leaves the most for those behind it, and takes one walk.
    for piece in between:
        position = rest.find(piece)
        if position < 0:
            return False
        rest = rest[position + len(piece) :]
    return rest.endswith(last)


@function("endsWith(text: string, piece: string) -> bool")
def ends_with(text: str, piece: str) -> bool:
    """Whether a text ends with another, in any case."""
    return text.lower().endswith(piece.lower())
