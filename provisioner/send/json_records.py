"""JSON records: values that follow one another or stand in an array, and one from a text of its own."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any

from provisioner.send.json_structure import StructureScanner
from provisioner.send.raw_record import OpenOversize, OversizeWriter, RawRecord

LONGEST_RECORD = 4 << 20
"""Characters of a record that are read into memory: a call takes less, but spaces may be taken out."""
SPACES = " \t\r\n"
QUOTED_BYTES = "surrogateescape"
"""How bytes that are no UTF-8 are kept in a text until their record is known."""


class _NotSendable(ValueError):
    """JSON that Python reads and that cannot be sent."""


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    # Which of the two values arrives is documented nowhere: one of them would be lost without a word.
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise _NotSendable(f"the member {repeated!r} stands twice")
    return value


def _refuse_constant(constant: str) -> Any:
    raise _NotSendable(f"{constant} is no JSON value")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _NotSendable(f"the number {digits[:40]} is too large")
    return value


# The scanner of C: its methods in Python cost more than the parsing of a short record.
_DECODER = json.JSONDecoder(object_pairs_hook=_object_of, parse_constant=_refuse_constant, parse_float=_finite)
_scan: Callable[[str, int], tuple[Any, int]] = _DECODER.scan_once  # type: ignore[attr-defined]


def parse_record(text: str, number: int) -> RawRecord:
    """One record from the text that holds it and nothing else."""
    try:
        value, end = _scan(text, 0)
    except (StopIteration, ValueError, RecursionError) as error:
        return _unreadable(text, number, problem_of(error, text))
    if end != len(text) and text[end:].strip(SPACES):
        return _unreadable(text, number, f"it is not JSON: {text[end : end + 20]!r} stands behind the record")
    if not text.isascii() and (problem := _encoding_problem(text)):
        return _unreadable(text, number, problem)
    return RawRecord(number, text, value)


def problem_of(error: BaseException, text: str) -> str:
    """Why a text is no record, in words, from what the parser raised."""
    if isinstance(error, _NotSendable):
        return str(error)
    if isinstance(error, RecursionError):
        return "the JSON nests too deeply"
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON: {error.msg}, at character {error.pos + 1}"
    if isinstance(error, StopIteration):
        return f"it is not JSON: no value at character {int(error.value or 0) + 1} of {len(text)}"
    # Python refuses integers of more than 4,300 digits (sys.set_int_max_str_digits).
    return f"it cannot be read: {error}"


def _encoding_problem(text: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"it is not UTF-8: the byte 0x{ord(text[error.start]) - 0xDC00:02x} at character {error.start + 1}"
    return None


def _unreadable(text: str, number: int, problem: str) -> RawRecord:
    return RawRecord(number, "", problem=problem, content=text.encode(errors=QUOTED_BYTES))


def text_pieces(blocks: Iterable[bytes]) -> Iterator[str]:
    """The blocks as text; bytes that are no UTF-8 are kept, for the record that holds them to be told by."""
    decoder = codecs.getincrementaldecoder("utf-8")(QUOTED_BYTES)
    for block in blocks:
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def oversize_record(number: int, writer: OversizeWriter) -> RawRecord:
    """The record that stands for one that was too long for memory."""
    problem = f"it is longer than {LONGEST_RECORD:,} characters, and a call takes 1 MiB"
    return RawRecord(number, "", problem=problem, spool=writer.close())


class JsonValueReader:
    """Reads values that follow one another, and the members of arrays among them, from pieces of text."""

    def __init__(self, pieces: Iterable[str], open_oversize: OpenOversize) -> None:
        self._pieces = iter(pieces)
        self._open_oversize = open_oversize
        self._text = ""
        self._position = 0
        self._in_array = False
        self._ended = False
        self._number = 0

    def __iter__(self) -> Iterator[RawRecord | None]:
        while True:
            if not self._skip_separators():
                if not (yield from self._more()):
                    if self._in_array:
                        yield RawRecord(self._number + 1, "", problem="the file ends inside its array", content=b"")
                    return
                continue
            self._number += 1
            yield from self._record()

    def _more(self) -> Generator[None, None, bool]:
        """Take the next piece; returns whether there was one."""
        # What was read is dropped, so that the text holds one record and one piece at most.
        piece = next(self._pieces, None)
        if piece is None:
            self._ended = True
            return False
        if not piece:
            yield None
        self._text = self._text[self._position :] + piece
        self._position = 0
        return True

    def _much_more(self) -> Generator[None, None, bool]:
        """Take so many pieces that trying again costs no more than reading them; as many as there are at a pause."""
        goal = min(2 * (len(self._text) - self._position), LONGEST_RECORD + 1)
        has_more = False
        while len(self._text) - self._position < goal:
            before = len(self._text) - self._position
            if not (yield from self._more()):
                return has_more
            has_more = True
            if len(self._text) == before:
                return True
        return True

    def _skip_separators(self) -> bool:
        """Go to the next value, through spaces, commas and brackets of arrays; whether one begins in this text."""
        text = self._text
        while self._position < len(text):
            symbol = text[self._position]
            if symbol == "[" and not self._in_array:
                self._in_array = True
            elif symbol == "]" and self._in_array:
                self._in_array = False
            elif symbol not in SPACES and not (symbol == "," and self._in_array):
                return True
            self._position += 1
        return False

    def _record(self) -> Iterator[RawRecord | None]:
        """The value at the position, as far as pieces are needed for it."""
        while True:
            start = self._position
            try:
                value, end = _scan(self._text, start)
            except (StopIteration, ValueError, RecursionError) as error:
                end_of_damage = self._end_of_damage(start, error)
                if end_of_damage is not None:
                    self._position = max(end_of_damage, start + 1)
                    text = self._text[start : self._position]
                    # Parsed alone, so that the place in the message is the place in the record.
                    yield _parse_alone(text, self._number, error)
                    return
            else:
                # A number at the end of the text may go on in the next piece.
                if end < len(self._text) or self._ended:
                    self._position = end
                    text = self._text[start:end]
                    problem = None if text.isascii() else _encoding_problem(text)
                    yield _unreadable(text, self._number, problem) if problem else RawRecord(self._number, text, value)
                    return
            if len(self._text) - start > LONGEST_RECORD:
                yield from self._oversize()
                return
            if self._ended or not (yield from self._much_more()):
                text = self._text[self._position :]
                self._position = len(self._text)
                if text.strip(SPACES):
                    record = parse_record(text.strip(SPACES), self._number)
                    ends = f"{record.problem}; the file ends inside the record"
                    yield record if record.problem is None else record._replace(problem=ends)
                return

    def _end_of_damage(self, start: int, error: BaseException) -> int | None:
        """Where a value ends that cannot be read; None where more of the text is needed to see it."""
        place = _error_offset(error)
        line_end = self._text.find("\n", start)
        # Of records on lines of their own, one that is not closed does not take the next ones along.
        if not self._in_array and place is not None and line_end >= 0:
            if place <= line_end:
                return line_end
            if self._text[place - 1 : place + 1] == "\n{":
                return place
        return StructureScanner().feed(self._text, start)

    def _oversize(self) -> Iterator[RawRecord | None]:
        """Pass over a value that is too long for memory, piece by piece."""
        scanner, writer = StructureScanner(), self._open_oversize(self._number)
        while True:
            end = scanner.feed(self._text, self._position)
            stop = len(self._text) if end is None else end
            writer.write(self._text[self._position : stop].encode(errors=QUOTED_BYTES))
            self._position = stop
            if end is not None or not (yield from self._more()):
                yield oversize_record(self._number, writer)
                return


def _error_offset(error: BaseException) -> int | None:
    """The offset at which the parser met what it did not expect; None for an error without a place."""
    if isinstance(error, StopIteration):
        return int(error.value)
    return error.pos if isinstance(error, json.JSONDecodeError) else None


def _parse_alone(text: str, number: int, error: BaseException) -> RawRecord:
    record = parse_record(text, number)
    return record if record.problem else _unreadable(text, number, problem_of(error, text))
