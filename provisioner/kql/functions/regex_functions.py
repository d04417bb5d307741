"""Regular expressions: extracting, counting, trimming and replacing the matches of a pattern."""

from __future__ import annotations

import re
from functools import lru_cache

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import BadConstant, BadRegex, Regex, Value, compile_regex, convert, escape_regex, to_text

_MAX_GROUPS = 16
"""The most groups of a pattern of `extract_all`, as Kusto documents."""


@scalar_function("extract(pattern: literal string, group: long, text: string) -> string", prepare={0: compile_regex})
def extract(pattern: Regex, group: int, text: str) -> str:
    """The text of the group in the first match, 0 being the whole match; empty without a match."""
    match = pattern.first_match(text) if 0 <= group <= pattern.groups else None
    return (match[group] or "") if match else ""


@scalar_function(
    "extract(pattern: literal string, group: long, text: string, type: literal string) -> dynamic",
    prepare={0: compile_regex},
)
def extract_as(pattern: Regex, group: int, text: str, type_name: str) -> Value:
    """The text of the group converted to a type; null (an empty string) without a match or where it does not fit."""
    group_text = extract(pattern, group, text)
    if type_name == "dynamic":
        return group_text or None
    return convert(group_text, "string", type_name) if group_text or type_name == "string" else None


@lru_cache(maxsize=256)
def _compile_with_groups(pattern: str) -> Regex:
    compiled = compile_regex(pattern)
    if not 1 <= compiled.groups <= _MAX_GROUPS:
        raise BadConstant(f"extract_all takes a pattern with 1 to {_MAX_GROUPS} groups, this has {compiled.groups}")
    return compiled


@scalar_function(
    "extract_all(pattern: literal string, text: string) -> dynamic",
    "extractall(pattern: literal string, text: string) -> dynamic",
    prepare={0: _compile_with_groups},
)
def extract_all(pattern: Regex, text: str) -> list[Value] | None:
    """The texts of the pattern's groups in every match; null without a match."""
    return _collect_groups(pattern, [*range(1, pattern.groups + 1)], text)


@scalar_function(
    "extract_all(pattern: literal string, groups: dynamic, text: string) -> dynamic",
    "extractall(pattern: literal string, groups: dynamic, text: string) -> dynamic",
    prepare={0: _compile_with_groups},
)
def extract_some(pattern: Regex, groups: Value, text: str) -> list[Value] | None:
    """The texts of the groups that the list names or numbers; of all groups where the pattern has none of them."""
    numbers = pattern.group_numbers()
    requested = [numbers.get(str(group), group) for group in groups] if isinstance(groups, list) else []
    existing = [group for group in requested if type(group) is int and 0 <= group <= pattern.groups]
    return _collect_groups(pattern, existing or [*range(1, pattern.groups + 1)], text)


def _collect_groups(pattern: Regex, groups: list[int], text: str) -> list[Value] | None:
    """One text a match where there is one group, else an array of texts a match."""
    if len(groups) == 1:
        collected: list[Value] = [match[groups[0]] or "" for match in pattern.all_matches(text)]
    else:
        collected = [[match[group] or "" for group in groups] for match in pattern.all_matches(text)]
    return collected or None


def _parse_search_kind(kind: str) -> str:
    if kind not in ("normal", "regex"):
        raise BadConstant(f"countof knows the kinds 'normal' and 'regex', not {kind!r}")
    return kind


@scalar_function(
    "countof(text: string, search: string, kind: literal string?) -> long", prepare={2: _parse_search_kind}
)
def countof(text: str, search: str, kind: str = "normal") -> int | None:
    """How often the text holds the search: plain text may overlap, matches of a `regex` do not."""
    if kind == "regex":
        return _count_matches(search, text)
    # An empty search would be found at every position.
    if not search:
        return 0
    count, position = 0, text.find(search)
    while position >= 0:
        count, position = count + 1, text.find(search, position + 1)
    return count


def _count_matches(pattern: str, text: str) -> int | None:
    """How often the pattern matches; null where a pattern that is not constant does not compile."""
    # `search` need not be constant, so that its pattern cannot be refused when the query is bound.
    try:
        return sum(1 for _ in compile_regex(pattern).match_spans(text))
    except BadRegex:
        return None


# `(?:…)` around the author's pattern: an alternative in it must not take the anchor for itself alone.
@lru_cache(maxsize=256)
def _compile_leading(pattern: str) -> Regex:
    return compile_regex(rf"\A(?:{pattern})")


@lru_cache(maxsize=256)
def _compile_trailing(pattern: str) -> Regex:
    return compile_regex(rf"(?:{pattern})\z")


@lru_cache(maxsize=256)
def _compile_both_ends(pattern: str) -> tuple[Regex, Regex]:
    return compile_regex(rf"\A(?:{pattern})+"), compile_regex(rf"(?:{pattern})+\z")


@scalar_function("trim_start(pattern: literal string, text: string) -> string", prepare={0: _compile_leading})
def trim_start(pattern: Regex, text: str) -> str:
    """The text without the match at its start."""
    spans = next(pattern.match_spans(text), None)
    return text[spans[0][1] :] if spans else text


@scalar_function("trim_end(pattern: literal string, text: string) -> string", prepare={0: _compile_trailing})
def trim_end(pattern: Regex, text: str) -> str:
    """The text without the match at its end."""
    spans = next(pattern.match_spans(text), None)
    return text[: spans[0][0]] if spans else text


@scalar_function("trim(pattern: literal string, text: string) -> string", prepare={0: _compile_both_ends})
def trim(pattern: tuple[Regex, Regex], text: str) -> str:
    """The text without all matches at its start and end."""
    leading, trailing = pattern
    return trim_end(trailing, trim_start(leading, text))


@lru_cache(maxsize=256)
def _parse_rewrite(template: str) -> tuple[str | int, ...]:
    r"""The template as texts and group numbers: `\0` is the match, `\1` to `\9` its groups, `\\` a backslash."""
    pieces: list[str | int] = []
    for piece in re.split(r"(\\[0-9]|\\\\)", template):
        if len(piece) == 2 and piece[0] == "\\":
            pieces.append("\\" if piece[1] == "\\" else int(piece[1]))
        elif piece:
            pieces.append(piece)
    return tuple(pieces)


@scalar_function(
    "replace_regex(text: string, pattern: literal string, rewrite: literal string) -> string",
    prepare={1: compile_regex, 2: _parse_rewrite},
)
def replace_regex(text: str, pattern: Regex, rewrite: tuple[str | int, ...]) -> str:
    """Every match replaced by the rewrite, which may name groups."""
    pieces: list[str] = []
    previous_end = 0
    for spans in pattern.match_spans(text):
        start, end = spans[0]
        pieces.append(text[previous_end:start])
        pieces += [piece if isinstance(piece, str) else _group_text(text, spans, piece) for piece in rewrite]
        previous_end = end
    return "".join(pieces) + text[previous_end:]


@scalar_function(
    "replace(pattern: literal string, rewrite: literal string, text: string) -> string",
    prepare={0: compile_regex, 1: _parse_rewrite},
)
def replace(pattern: Regex, rewrite: tuple[str | int, ...], text: str) -> str:
    """As `replace_regex`, under its older name and with its older order of arguments."""
    return replace_regex(text, pattern, rewrite)


def _group_text(text: str, spans: list[tuple[int, int]], group: int) -> str:
    if group >= len(spans) or spans[group][0] < 0:
        return ""
    return text[spans[group][0] : spans[group][1]]


@scalar_function("regex_quote(value: scalar) -> string", takes_types=True)
def regex_quote(value: Value, *, types: tuple[str, ...]) -> str:
    """The value's text with every character escaped that has a meaning in a pattern."""
    return escape_regex(to_text(value, types[0]))
