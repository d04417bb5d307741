"""Kusto's regular expressions, compiled by RE2: linear time, no look-around and no back-references."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from provisioner.kql.values.dynamic_values import replace_surrogates


class BadConstant(ValueError):
    """A constant argument that its function does not accept; the message says why."""


class BadRegex(BadConstant):
    """A pattern RE2 refuses; the message says why."""


class Regex:
    """A compiled pattern over strings; spans and groups are in characters."""

    __slots__ = ("_compiled", "groups", "pattern")

    def __init__(self, pattern: str, compiled: Any) -> None:
        self.pattern = pattern
        self.groups: int = compiled.groups
        """How many capture groups the pattern has."""
        self._compiled = compiled

    def matches(self, text: str) -> bool:
        """Whether the pattern matches anywhere."""
        return self._compiled.search(text.encode("utf-8", "replace")) is not None

    def first_match(self, text: str) -> list[str | None] | None:
        """The texts of the first match and its groups (None for one that did not take part); None without a match."""
        spans = next(self.match_spans(text), None)
        return None if spans is None else _slices(text, spans)

    def all_matches(self, text: str) -> Iterator[list[str | None]]:
        """The texts of each match and its groups, from left to right, without overlap."""
        return (_slices(text, spans) for spans in self.match_spans(text))

    def match_spans(self, text: str) -> Iterator[list[tuple[int, int]]]:
        """Start and end of each match and of its groups, in characters; (-1, -1) for a group that did not take part."""
        # Offsets in bytes are those in characters where all is ASCII; skipping the translation is much faster.
        subject: str | bytes = text.encode() if text.isascii() else replace_surrogates(text)
        for match in self._compiled.finditer(subject):
            yield [match.span(group) for group in range(self.groups + 1)]

    def group_numbers(self) -> dict[str, int]:
        """The number of each named group."""
        return dict(self._compiled.groupindex)


@lru_cache(maxsize=512)
def compile_regex(pattern: str, flags: str = "") -> Regex:
    """The compiled pattern with the flags `i`, `m`, `s` or `U`. Raises BadRegex where RE2 refuses it."""
    # Imported here: loading RE2's library costs more than binding a query without a pattern.
    import re2

    # RE2 would print each refused pattern on stderr; the error carries the same message.
    options = re2.Options()
    options.log_errors = False
    try:
        return Regex(pattern, re2.compile(f"(?{flags})" + pattern if flags else pattern, options))
    except (re2.error, UnicodeEncodeError) as error:
        raise BadRegex(_error_message(error)) from None


def escape_regex(text: str) -> str:
    """The text with every character escaped that has a meaning in a pattern, as `regex_quote` gives it."""
    return "".join("\\" + c if c in r"\.+*?()|[]{}^$#&-~" else c for c in text)


def _slices(text: str, spans: list[tuple[int, int]]) -> list[str | None]:
    return [None if start < 0 else text[start:end] for start, end in spans]


def _error_message(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
