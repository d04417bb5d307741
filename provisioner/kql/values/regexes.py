"""Kusto's regular expressions, by RE2: linear time, no look-around and no back-references."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from provisioner.kql.values.dynamic_values import unicode_text


class BadConstant(ValueError):
    """A constant argument that means nothing to its function; the message says why."""


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

    def found(self, text: str) -> bool:
        """Whether the pattern matches anywhere."""
        return self._compiled.search(text.encode("utf-8", "replace")) is not None

    def first(self, text: str) -> list[str | None] | None:
        """The whole match and its groups, a group that took no part being None; None without a match."""
        spans = next(self.spans(text), None)
        return None if spans is None else _cut(text, spans)

    def every(self, text: str) -> Iterator[list[str | None]]:
        """The same for each match, left to right, without overlap."""
        return (_cut(text, spans) for spans in self.spans(text))

    def spans(self, text: str) -> Iterator[list[tuple[int, int]]]:
        """Start and end of each match and of its groups; (-1, -1) for a group that took no part."""
        whole: str | bytes = text.encode() if text.isascii() else unicode_text(text)
        for match in self._compiled.finditer(whole):
            yield [match.span(group) for group in range(self.groups + 1)]

    def names(self) -> dict[str, int]:
        """The named groups and their numbers."""
        return dict(self._compiled.groupindex)


@lru_cache(maxsize=512)
def regex(pattern: str, flags: str = "") -> Regex:
    """The compiled pattern; `flags` of `i`, `m`, `s`, `U` stand before it. Raises BadRegex where RE2 refuses it."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return Regex(pattern, re2.compile(f"(?{flags})" + pattern if flags else pattern, options))
    except (re2.error, UnicodeEncodeError) as error:
        raise BadRegex(_reason(error)) from None


def quote(text: str) -> str:
    """The text with every character that means something in a pattern escaped."""
    return "".join("\\" + c if c in r"\.+*?()|[]{}^$#&-~" else c for c in text)


def _cut(text: str, spans: list[tuple[int, int]]) -> list[str | None]:
    return [None if start < 0 else text[start:end] for start, end in spans]


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
