"""From characters of a scalar's value to the characters of the file that wrote them."""

from __future__ import annotations

import re

from provisioner.diagnostics import Span
from provisioner.load.yaml.nodes import Scalar
from provisioner.load.yaml.source_text import Source

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|.)", re.DOTALL)


def locate(scalar: Scalar, span: Span) -> tuple[int, int]:
    """Start and end in the source of `value[span]`; the whole scalar where it was written elsewhere (an alias)."""
    if scalar.style == "*":
        return scalar.start, scalar.end
    starts, ends = offsets(scalar)
    last = len(starts) - 1
    if last < 0:
        return scalar.start, scalar.end
    start = starts[span.start] if span.start <= last else ends[last]
    if span.end <= span.start:
        return start, start
    return start, max(start, ends[min(span.end - 1, last)])


def offsets(scalar: Scalar) -> tuple[list[int], list[int]]:
    """For each character of the value, where what wrote it starts and ends in the source."""
    source, size = scalar.source, len(scalar.text)
    begin, end = scalar.start, scalar.end
    raw = source.text[begin:end]
    if scalar.style == "file":
        return _file(source.text, size)
    if raw == scalar.text:
        return list(range(begin, end)), list(range(begin + 1, end + 1))
    if scalar.style == "|":
        return _literal(scalar)
    return _aligned(scalar)


def _file(text: str, size: int) -> tuple[list[int], list[int]]:
    """A file's content has its line breaks made one character."""
    starts = [at for at, char in enumerate(text) if char != "\n" or text[at - 1 : at] != "\r"][:size]
    return starts, [*starts[1:], len(text)][:size]


def _literal(scalar: Scalar) -> tuple[list[int], list[int]]:
    """A `|` block: each line of the value stands behind the block's indentation."""
    source = scalar.source
    at = _next_line(source, scalar.start)
    lines = scalar.text.split("\n")
    indent = _indent(source, at, lines)
    starts: list[int] = []
    for number, line in enumerate(lines):
        here = min(at + indent, source.line_end(at))
        starts.extend(range(here, here + len(line)))
        if number < len(lines) - 1:
            starts.append(source.line_end(at))
            at = _next_line(source, at)
    starts = starts[: len(scalar.text)]
    # A line break reaches over the indentation to the next line's first character.
    ends = [
        after if char == "\n" else here + 1 for char, here, after in zip(scalar.text, starts, starts[1:], strict=False)
    ]
    return starts, [*ends, *(start + 1 for start in starts[-1:])]


def _indent(source: Source, at: int, lines: list[str]) -> int:
    for line in lines:
        if line.strip():
            raw = source.text[at : source.line_end(at)]
            return len(raw) - len(line)
        at = _next_line(source, at)
    return 0


def _next_line(source: Source, at: int) -> int:
    end = source.line_end(at)
    return end + (2 if source.text[end : end + 2] == "\r\n" else 1)


def _aligned(scalar: Scalar) -> tuple[list[int], list[int]]:
    """Quoted, folded and many-line scalars: only white space and escapes differ, so the two texts are read abreast."""
    text, at = scalar.source.text, _content(scalar)
    limit = scalar.end
    starts: list[int] = []
    ends: list[int] = []
    for char in scalar.text:
        width = 1
        if scalar.style == '"' and text[at : at + 1] == "\\":
            at, width = _escape(text, at)
        elif not char.isspace():
            while at < limit and text[at] != char and text[at].isspace():
                at += 1
            if scalar.style == '"' and text[at : at + 1] == "\\":
                at, width = _escape(text, at)
            elif scalar.style == "'" and char == "'":
                width = 2
        elif text[at : at + 1] != char and not text[at : at + 1].isspace():
            width = 0
        starts.append(min(at, limit))
        at = min(at + width, limit)
        ends.append(at)
    return starts, ends


def _content(scalar: Scalar) -> int:
    if scalar.style == ">":
        return _next_line(scalar.source, scalar.start)
    return scalar.start + (1 if scalar.style else 0)


def _escape(text: str, at: int) -> tuple[int, int]:
    """The escape that stands here; escaped line breaks write nothing and are passed over."""
    while (match := _ESCAPE.match(text, at)) is not None and match.group()[1] in "\r\n":
        at = match.end()
        while text[at : at + 1] in {" ", "\t"}:
            at += 1
    return at, (match.end() - at if match else 1)
