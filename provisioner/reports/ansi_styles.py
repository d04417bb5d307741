"""Colours of a terminal's text."""

from __future__ import annotations

from collections.abc import Callable

_CODES = {
    "red": "31",
    "green": "32",
    "yellow": "33",
    "magenta": "35",
    "cyan": "36",
    "bold": "1",
    "dim": "2",
    "bold red": "31;1",
}


def paint(text: str, style: str, *, color: bool) -> str:
    """The text with ANSI codes around it; unchanged without `color`. Raises KeyError for a style that there is not."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if color else text


def painter(color: bool) -> Callable[[str, str], str]:
    """`paint(text, style)` for one report."""
    return lambda text, style: paint(text, style, color=color)
