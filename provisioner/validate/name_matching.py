"""Words for messages: near names, lists, and what is odd about a name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from provisioner.suggest import nearest_name

near = nearest_name


def meant(word: str, known: Iterable[str]) -> str | None:
    """A hint with the near name, if there is one."""
    name = near(word, known)
    return f"did you mean {name!r}?" if name else None


def listed(names: Iterable[str]) -> str:
    """`a, b and c`."""
    words = list(names)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


@cache
def pattern(text: str) -> re.Pattern[str]:
    """A pattern of the facts, compiled once; letters are those of ASCII, as in Azure's names."""
    return re.compile(text, re.ASCII)


def fits(name: str, expression: str) -> bool:
    """Whether all of a name is as the pattern says."""
    return pattern(expression).fullmatch(name) is not None


def twins(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Pairs of names that differ only by case: each later one with the first of its kind."""
    first: dict[str, str] = {}
    for name in names:
        seen = first.setdefault(name.lower(), name)
        if seen != name:
            yield seen, name


_GUID = r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def is_guid(text: str) -> bool:
    """Whether a text is a GUID in Azure's form."""
    return pattern(_GUID).fullmatch(text) is not None
