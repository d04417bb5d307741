"""Finds where a JSON value ends by its brackets and quotes alone, also in text that is no JSON and in pieces of it."""

from __future__ import annotations

import re

_IN_TEXT = re.compile(r'["\\]')
_OUTSIDE = re.compile(r'["{}\[\],\n]')


class StructureScanner:
    """Reads text piece by piece up to the end of one value: its closing bracket, or the comma or line that follows it.

    No recursion and no memory of what was read: a value of any depth and any length.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._in_text = False
        self._escaped = False

    def feed(self, text: str, start: int = 0) -> int | None:
        """The offset behind the value's last character; None where it goes on behind this piece."""
        position, length = start, len(text)
        while position < length:
            if self._escaped:
                self._escaped = False
                position += 1
                continue
            match = (_IN_TEXT if self._in_text else _OUTSIDE).search(text, position)
            if match is None:
                return None
            position = match.end()
            symbol = match[0]
            if self._in_text:
                self._escaped = symbol == "\\"
                self._in_text = self._escaped
            elif symbol == '"':
                self._in_text = True
            elif symbol in "{[":
                self._depth += 1
            elif symbol in "}]":
                self._depth -= 1
                # A bracket that closes what stands around the value is not the value's.
                if self._depth <= 0:
                    return position if self._depth == 0 else match.start()
            elif self._depth == 0:
                return match.start()
        return None
