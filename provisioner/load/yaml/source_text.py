"""A file of the author's as text, with the way from a character to its line and column."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from functools import cached_property
from pathlib import Path

from provisioner.diagnostics import Place, Span

LARGEST = 16 * 1024 * 1024
"""Bytes that one file of a project may have; more is an accident or an attack, not a manifest."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_CONTROL = bytes({*range(0x20), 0x7F} - set(b"\t\n\r"))


class Unreadable(Exception):
    """A file that cannot be taken as text: the code of the remark, what is wrong, what to do, and where."""

    def __init__(self, code: str, message: str, hint: str, offset: int = 0, text: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.offset = offset
        self.text = text


class Source:
    """The text of one file. `name` is what users see; `skipped` counts characters before `text` (a BOM)."""

    def __init__(self, path: Path, text: str, skipped: int = 0) -> None:
        self.path = path
        self.text = text
        self.skipped = skipped
        self.name = shown(path)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def place(self, start: int, end: int) -> Place:
        """The place of `text[start:end]`."""
        size = len(self.text)
        start = min(start, size)
        return Place(self.name, *self.position(start), *self.position(min(max(end, start), size)))

    def span(self, start: int, end: int) -> Span:
        """The same characters counted in the file as it lies on the disk."""
        return Span(start + self.skipped, end + self.skipped)

    def line(self, number: int) -> int:
        """Where a line starts, counted from 1."""
        return self._starts[min(number, len(self._starts)) - 1]

    def line_end(self, offset: int) -> int:
        """Where the line of a character ends, before its line break."""
        match = _LINE_END.search(self.text, offset)
        return match.start() if match else len(self.text)

    def line_start(self, offset: int) -> int:
        """Where the line of a character starts."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    @cached_property
    def newline(self) -> str:
        """The line break this file uses."""
        match = _LINE_END.search(self.text)
        return match.group() if match else "\n"


def shown(path: Path) -> str:
    """A path as users see it: relative to the current directory where that is possible."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive on Windows
        return str(path)


def read(path: Path) -> Source:
    """The file as a source; raises `Unreadable` for what is no UTF-8 text of a sensible size."""
    data = _bytes(path)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\0" in data[:4] and len(data) > 1):
        raise Unreadable("YAML004", "the file is UTF-16 or UTF-32", "save it as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise Unreadable(
            "YAML004", f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8", len(before), before
        ) from None
    skipped = 1 if text.startswith("\ufeff") else 0
    text = text[skipped:]
    if len(data.translate(None, _CONTROL)) < len(data) or not data.isascii():
        _refuse_control_characters(text)
    return Source(path, text, skipped)


def _refuse_control_characters(text: str) -> None:
    printable = "\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff"
    if wrong := re.search(f"[^{printable}]", text):
        what = "NUL" if wrong.group() == "\0" else f"U+{ord(wrong.group()):04X}"
        hint = 'remove it; in a double-quoted text it can be written as an escape such as "\\0"'
        raise Unreadable("YAML005", f"the file holds the control character {what}", hint, wrong.start(), text)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Unreadable("INC002", f"{shown(path)} is a directory", "name a file")
        size = path.stat().st_size
        if size > LARGEST:
            raise Unreadable(
                "YAML006",
                f"{shown(path)} has {_megabytes(size)} MB; a file of a project may have {_megabytes(LARGEST)} MB",
                "split it with `include`, or keep fewer sample records",
            )
        if not path.is_file():
            raise Unreadable("INC002", f"{shown(path)} is not a regular file", "name a file")
        return path.read_bytes()
    except FileNotFoundError:
        raise Unreadable("INC001", f"there is no file {shown(path)}", "check the path") from None
    except OSError as error:
        why = (error.strerror or "it cannot be read").lower()
        raise Unreadable("INC002", f"{shown(path)} cannot be read: {why}", "check its permissions") from None


def _megabytes(size: int) -> int:
    return -(-size // (1024 * 1024))
