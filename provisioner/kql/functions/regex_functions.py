"""Regular expressions at work: extracting, counting, trimming and replacing what a pattern matches."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import BadConstant, BadRegex, Regex, convert, quote, regex, text_of

_MOST_GROUPS = 16


@function("extract(pattern: literal string, group: long, text: string) -> string", prepare={0: regex})
def extract(pattern: Regex, group: int, text: str) -> str:
    """What the group matched first, 0 being the whole match; empty without a match."""
    match = pattern.first(text) if 0 <= group <= pattern.groups else None
    return (match[group] or "") if match else ""


@function(
    "extract(pattern: literal string, group: long, text: string, type: literal string) -> dynamic", prepare={0: regex}
)
def extract_as(pattern: Regex, group: int, text: str, kind: str) -> Any:
    """The same converted to a type; null (an empty string) without a match or where it does not fit."""
    found = extract(pattern, group, text)
    if kind == "dynamic":
        return found or None
    return convert(found, "string", kind) if found or kind == "string" else None


@lru_cache(maxsize=256)
def _grouped(pattern: str) -> Regex:
    made = regex(pattern)
    if not 1 <= made.groups <= _MOST_GROUPS:
        raise BadConstant(f"extract_all takes a pattern with 1 to {_MOST_GROUPS} groups, this has {made.groups}")
    return made


@function(
    "extract_all(pattern: literal string, text: string) -> dynamic",
    "extractall(pattern: literal string, text: string) -> dynamic",
    prepare={0: _grouped},
)
def extract_all(pattern: Regex, text: str) -> list[Any] | None:
    """What the groups of the pattern matched, every time; null without a match."""
    return _collect(pattern, [*range(1, pattern.groups + 1)], text)


@function(
    "extract_all(pattern: literal string, groups: dynamic, text: string) -> dynamic",
    "extractall(pattern: literal string, groups: dynamic, text: string) -> dynamic",
    prepare={0: _grouped},
)
def extract_some(pattern: Regex, groups: Any, text: str) -> list[Any] | None:
    """The same of the groups named or numbered that there are; of all where the list has none of them."""
    names = pattern.names()
    asked = [names.get(str(group), group) for group in groups] if isinstance(groups, list) else []
    chosen = [group for group in asked if type(group) is int and 0 <= group <= pattern.groups]
    return _collect(pattern, chosen or [*range(1, pattern.groups + 1)], text)


def _collect(pattern: Regex, groups: list[int], text: str) -> list[Any] | None:
    """One text a match where there is one group, else an array of texts a match."""
    if len(groups) == 1:
        found: list[Any] = [match[groups[0]] or "" for match in pattern.every(text)]
    else:
        found = [[match[group] or "" for group in groups] for match in pattern.every(text)]
    return found or None


def _kind(word: str) -> str:
    if word not in ("normal", "regex"):
        raise BadConstant(f"countof knows the kinds 'normal' and 'regex', not {word!r}")
    return word


@function("countof(text: string, search: string, kind: literal string?) -> long", prepare={2: _kind})
def countof(text: str, search: str, kind: str = "normal") -> int | None:
    """How often the text holds the search: plain text may overlap, matches of a `regex` do not."""
    if kind == "regex":
        return _count_matches(search, text)
    if not search:
        return 0
    count, position = 0, text.find(search)
    while position >= 0:
        count, position = count + 1, text.find(search, position + 1)
    return count


def _count_matches(pattern: str, text: str) -> int | None:
    """How often the pattern matches; null for one that came with the data and is no pattern."""
    try:
        return sum(1 for _ in regex(pattern).spans(text))
    except BadRegex:
        return None


@lru_cache(maxsize=256)
def _leading(pattern: str) -> Regex:
    return regex(rf"\A(?:{pattern})")


@lru_cache(maxsize=256)
def _trailing(pattern: str) -> Regex:
    return regex(rf"(?:{pattern})\z")


@lru_cache(maxsize=256)
def _both(pattern: str) -> tuple[Regex, Regex]:
    return regex(rf"\A(?:{pattern})+"), regex(rf"(?:{pattern})+\z")


@function("trim_start(pattern: literal string, text: string) -> string", prepare={0: _leading})
def trim_start(pattern: Regex, text: str) -> str:
    """The text without the match at its start."""
    spans = next(pattern.spans(text), None)
    return text[spans[0][1] :] if spans else text


@function("trim_end(pattern: literal string, text: string) -> string", prepare={0: _trailing})
def trim_end(pattern: Regex, text: str) -> str:
    """The text without the match at its end."""
    spans = next(pattern.spans(text), None)
    return text[: spans[0][0]] if spans else text


@function("trim(pattern: literal string, text: string) -> string", prepare={0: _both})
def trim(pattern: tuple[Regex, Regex], text: str) -> str:
    """The text without all matches at its start and end."""
    leading, trailing = pattern
    return trim_end(trailing, trim_start(leading, text))


@lru_cache(maxsize=256)
def _rewrite(template: str) -> tuple[str | int, ...]:
    r"""The template as texts and group numbers: `\0` is the match, `\1` to `\9` its groups, `\\` a backslash."""
    pieces: list[str | int] = []
    for piece in re.split(r"(\\[0-9]|\\\\)", template):
        if len(piece) == 2 and piece[0] == "\\":
            pieces.append("\\" if piece[1] == "\\" else int(piece[1]))
        elif piece:
            pieces.append(piece)
    return tuple(pieces)


@function(
    "replace_regex(text: string, pattern: literal string, rewrite: literal string) -> string",
    prepare={1: regex, 2: _rewrite},
)
def replace_regex(text: str, pattern: Regex, rewrite: tuple[str | int, ...]) -> str:
    """Every match replaced by the rewrite, which may name groups."""
    pieces: list[str] = []
    end = 0
    for spans in pattern.spans(text):
        start, after = spans[0]
        pieces.append(text[end:start])
        pieces += [piece if isinstance(piece, str) else _group(text, spans, piece) for piece in rewrite]
        end = after
    return "".join(pieces) + text[end:]


@function(
    "replace(pattern: literal string, rewrite: literal string, text: string) -> string",
    prepare={0: regex, 1: _rewrite},
)
def replace(pattern: Regex, rewrite: tuple[str | int, ...], text: str) -> str:
    """The older name and order of `replace_regex`."""
    return replace_regex(text, pattern, rewrite)


def _group(text: str, spans: list[tuple[int, int]], group: int) -> str:
    if group >= len(spans) or spans[group][0] < 0:
        return ""
    return text[spans[group][0] : spans[group][1]]


@function("regex_quote(value: scalar) -> string", types=True)
def regex_quote(value: Any, *, types: tuple[str, ...]) -> str:
    """The value's text with all that means something in a pattern escaped."""
    return quote(text_of(value, types[0]))
