"""Helpers for names and messages: lists in words, patterns, names that differ only by case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache


def join_with_and(names: Iterable[str]) -> str:
    """The names as words: `a, b and c`."""
    texts = list(names)
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


@cache
def compiled_pattern(text: str) -> re.Pattern[str]:
    """A regular expression, compiled once."""
    # ASCII: `\w` and `\d` in the facts mean the letters and digits that Azure takes, not those of all scripts.
    return re.compile(text, re.ASCII)


def matches_pattern(name: str, expression: str) -> bool:
    """Whether the whole name matches a regular expression."""
    return compiled_pattern(expression).fullmatch(name) is not None


def case_duplicates(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Pairs of names that differ only by case: the first of them, and each later one."""
    first: dict[str, str] = {}
    for name in names:
        seen = first.setdefault(name.lower(), name)
        if seen != name:
            yield seen, name


_GUID = r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def is_guid(text: str) -> bool:
    """Whether a text is a GUID of 32 hex digits with hyphens, without braces."""
    return compiled_pattern(_GUID).fullmatch(text) is not None
