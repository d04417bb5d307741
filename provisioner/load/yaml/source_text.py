"""One file of the project as text, with the line and column of each of its characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from pathlib import Path

from provisioner.diagnostics import Place, Span
from provisioner.operating_system import relative_path

MAX_FILE_BYTES = 16 * 1024 * 1024
"""More bytes than this in one file are an accident or an attack, not a manifest."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_CONTROL_BYTES = bytes({*range(0x20), 0x7F} - set(b"\t\n\r"))


class UnreadableFile(Exception):
    """A file that cannot be read as text: the parts of its diagnostic.

    `offset` is the character at fault in `text`; both are empty where the file could not be decoded or opened.
    """

    def __init__(self, code: str, message: str, hint: str, offset: int = 0, text: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.offset = offset
        self.text = text


class SourceText:
    """The text of one file. `name` is the path as users see it, `bom_length` the characters cut off before `text`."""

    def __init__(self, path: Path, text: str, bom_length: int = 0) -> None:
        self.path = path
        self.text = text
        self.bom_length = bom_length
        self.name = display_path(path)
        # For whoever reads the same text again: its values are kept as long as it is.
        self.read_values: dict[int, tuple[object, object]] = {}

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Line and column of the character at `offset`, both counted from 1."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def place(self, start: int, end: int) -> Place:
        """File, lines and columns of `text[start:end]`; offsets behind the end stand for the end."""
        size = len(self.text)
        start = min(start, size)
        return Place(self.name, *self.line_and_column(start), *self.line_and_column(min(max(end, start), size)))

    def span(self, start: int, end: int) -> Span:
        """The same characters, counted in the file on the disk: with its byte order mark."""
        return Span(start + self.bom_length, end + self.bom_length)

    def line_offset(self, number: int) -> int:
        """The offset at which line `number`, counted from 1, starts; the last line's for a larger number."""
        return self._line_starts[min(number, len(self._line_starts)) - 1]

    def line_end(self, offset: int) -> int:
        """The offset at which the line of `offset` ends, before its line break."""
        match = _LINE_END.search(self.text, offset)
        return match.start() if match else len(self.text)

    def line_start(self, offset: int) -> int:
        """The offset at which the line of `offset` starts."""
        return self._line_starts[bisect_right(self._line_starts, offset) - 1]

    @cached_property
    def newline(self) -> str:
        """The file's first line break, which edits insert; a line feed where it has none."""
        match = _LINE_END.search(self.text)
        return match.group() if match else "\n"


def display_path(path: Path) -> str:
    """A path as users see it: relative to the current directory where that is possible, with forward slashes."""
    # Forward slashes on every system: reports are compared, and pipelines find the file by its name in the repository.
    return relative_path(path, Path()).as_posix()


def read_source(path: Path) -> SourceText:
    """The text of a file. Raises UnreadableFile where it is no UTF-8 text of at most MAX_FILE_BYTES."""
    data = _read_bytes(path)
    # A NUL among the first four bytes is UTF-16 or UTF-32 without a byte order mark: a manifest starts with ASCII.
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\0" in data[:4] and len(data) > 1):
        raise UnreadableFile("YAML004", "the file is UTF-16 or UTF-32", "save it as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise UnreadableFile(
            "YAML004", f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8", len(before), before
        ) from None
    # The byte test is cheap; the regex over the text is only needed where control characters are possible at all.
    is_plain = data.isascii() and len(data.translate(None, _CONTROL_BYTES)) == len(data)
    return source_of_text(path, text, is_plain=is_plain)


def source_of_text(path: Path, text: str, *, is_plain: bool = False) -> SourceText:
    """The source of a file whose text is at hand, such as an editor's; `is_plain`: it has no control character.

    Raises UnreadableFile where the text has a character that YAML does not allow.
    """
    bom_length = 1 if text.startswith("\ufeff") else 0
    text = text[bom_length:]
    if not is_plain:
        _refuse_control_characters(text)
    return SourceText(path, text, bom_length)


def _refuse_control_characters(text: str) -> None:
    # YAML 1.2, rule [1] c-printable: https://yaml.org/spec/1.2.2/#51-character-set
    printable = "\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff"
    if match := re.search(f"[^{printable}]", text):
        character = "NUL" if match.group() == "\0" else f"U+{ord(match.group()):04X}"
        hint = 'remove it; in a double-quoted text it can be written as an escape such as "\\0"'
        raise UnreadableFile("YAML005", f"the file holds the control character {character}", hint, match.start(), text)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UnreadableFile("INC002", f"{display_path(path)} is a directory", "name a file")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            limit = f"a file of a project may have {_megabytes(MAX_FILE_BYTES)} MB"
            message = f"{display_path(path)} has {_megabytes(size)} MB; {limit}"
            raise UnreadableFile("YAML006", message, "split it with `include`, or keep fewer sample records")
        if not path.is_file():
            raise UnreadableFile("INC002", f"{display_path(path)} is not a regular file", "name a file")
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile("INC001", f"there is no file {display_path(path)}", "check the path") from None
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise UnreadableFile(
            "INC002", f"{display_path(path)} cannot be read: {reason}", "check its permissions"
        ) from None


def _megabytes(size: int) -> int:
    return -(-size // (1024 * 1024))
