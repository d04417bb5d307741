"""Lines and units of the protocol ↔ offsets of characters, in UTF-8, UTF-16 or UTF-32 units.

Source: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#position
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Literal

from lsprotocol import types as lsp

from provisioner.diagnostics import Place, Span

Encoding = Literal["utf-8", "utf-16", "utf-32"]
ENCODINGS: dict[str, Encoding] = {"utf-8": "utf-8", "utf-16": "utf-16", "utf-32": "utf-32"}
# The protocol's line ends; Python's splitlines knows more, and would count other lines.
_LINE_END = re.compile(r"\r\n|\r|\n")


class EncodedText:
    """A text whose places a client names by line and unit."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.text = text
        self.encoding: Encoding = encoding

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset of the first character of each line."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    @cached_property
    def _is_ascii(self) -> bool:
        return self.text.isascii()

    def offset(self, position: lsp.Position) -> int:
        """The offset of a position; one behind the end of its line, or of the text, stands for that end."""
        if position.line >= len(self.line_starts):
            return len(self.text)
        start = self.line_starts[position.line]
        end = self._line_end(position.line)
        if self._is_ascii or self.encoding == "utf-32":
            # One unit a character, as in nearly all files: nothing has to be counted.
            return min(start + position.character, end)
        units = 0
        for number, char in enumerate(self.text[start:end]):
            if units >= position.character:
                return start + number
            units += _width(char, self.encoding)
        return end

    def position(self, offset: int) -> lsp.Position:
        """The position of an offset."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self.line_starts, offset) - 1
        start = self.line_starts[line]
        if self._is_ascii or self.encoding == "utf-32":
            return lsp.Position(line, offset - start)
        return lsp.Position(line, sum(_width(char, self.encoding) for char in self.text[start:offset]))

    def range(self, span: Span) -> lsp.Range:
        """The range of characters."""
        return lsp.Range(self.position(span.start), self.position(span.end))

    def range_of(self, place: Place) -> lsp.Range:
        """The range of a place, whose lines and columns count characters from 1."""
        return lsp.Range(
            self._position_of(place.line, place.column), self._position_of(place.end_line, place.end_column)
        )

    def _position_of(self, line: int, column: int) -> lsp.Position:
        if line > len(self.line_starts):
            return self.position(len(self.text))
        return self.position(self.line_starts[line - 1] + column - 1)

    def _line_end(self, line: int) -> int:
        if line + 1 >= len(self.line_starts):
            return len(self.text)
        end = self.line_starts[line + 1]
        return end - 2 if self.text[end - 2 : end] == "\r\n" else end - 1

    def changed(self, change: lsp.TextDocumentContentChangeEvent) -> EncodedText:
        """The text after one change of the client's."""
        if isinstance(change, lsp.TextDocumentContentChangeWholeDocument):
            return EncodedText(change.text, self.encoding)
        start, end = self.offset(change.range.start), self.offset(change.range.end)
        return EncodedText(self.text[:start] + change.text + self.text[max(start, end) :], self.encoding)


def _width(char: str, encoding: Encoding) -> int:
    if encoding == "utf-16":
        return 2 if ord(char) > 0xFFFF else 1
    code = ord(char)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
