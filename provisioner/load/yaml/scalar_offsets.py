"""From the characters of a scalar's value to the characters of the file that it was read from."""

from __future__ import annotations

import re

from provisioner.diagnostics import Span
from provisioner.load.yaml.nodes import ScalarNode
from provisioner.load.yaml.source_text import SourceText

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|.)", re.DOTALL)


def source_range(scalar: ScalarNode, span: Span) -> tuple[int, int]:
    """Start and end offsets in the source of `value[span]`; those of the whole scalar for an alias."""
    if scalar.style == "*":
        return scalar.start, scalar.end
    starts, ends = character_offsets(scalar)
    last = len(starts) - 1
    if last < 0:
        return scalar.start, scalar.end
    start = starts[span.start] if span.start <= last else ends[last]
    if span.end <= span.start:
        return start, start
    return start, max(start, ends[min(span.end - 1, last)])


def character_offsets(scalar: ScalarNode) -> tuple[list[int], list[int]]:
    """For each character of the value, the source offsets at which its own characters start and end."""
    source, size = scalar.source, len(scalar.text)
    begin, end = scalar.start, scalar.end
    raw = source.text[begin:end]
    if scalar.style == "file":
        return _file_offsets(source.text, size)
    if raw == scalar.text:
        return list(range(begin, end)), list(range(begin + 1, end + 1))
    if scalar.style == "|":
        return _literal_block_offsets(scalar)
    return _aligned_offsets(scalar)


def _file_offsets(text: str, size: int) -> tuple[list[int], list[int]]:
    """The content of a whole file: the value has one character for each line break, the file may have two."""
    starts = [offset for offset, char in enumerate(text) if char != "\n" or text[offset - 1 : offset] != "\r"][:size]
    return starts, [*starts[1:], len(text)][:size]


def _literal_block_offsets(scalar: ScalarNode) -> tuple[list[int], list[int]]:
    """A `|` block: each line of the value stands behind the block's indentation."""
    source = scalar.source
    line_start = _next_line(source, scalar.start)
    lines = scalar.text.split("\n")
    indent = _block_indentation(source, line_start, lines)
    starts: list[int] = []
    for number, line in enumerate(lines):
        text_start = min(line_start + indent, source.line_end(line_start))
        starts.extend(range(text_start, text_start + len(line)))
        if number < len(lines) - 1:
            starts.append(source.line_end(line_start))
            line_start = _next_line(source, line_start)
    starts = starts[: len(scalar.text)]
    # A line break reaches over the indentation to the next line's first character.
    ends = [
        following if char == "\n" else start + 1
        for char, start, following in zip(scalar.text, starts, starts[1:], strict=False)
    ]
    return starts, [*ends, *(start + 1 for start in starts[-1:])]


def _block_indentation(source: SourceText, line_start: int, lines: list[str]) -> int:
    """The spaces before each line of a block, measured at its first line that is not blank."""
    for line in lines:
        if line.strip():
            raw = source.text[line_start : source.line_end(line_start)]
            return len(raw) - len(line)
        line_start = _next_line(source, line_start)
    return 0


def _next_line(source: SourceText, offset: int) -> int:
    end = source.line_end(offset)
    return end + (2 if source.text[end : end + 2] == "\r\n" else 1)


def _aligned_offsets(scalar: ScalarNode) -> tuple[list[int], list[int]]:
    """Quoted, folded and many-line scalars: value and source differ in white space and escapes only.

    So both are read side by side: a character of the value is the next equal one of the source.
    """
    text, offset = scalar.source.text, _content_start(scalar)
    limit = scalar.end
    starts: list[int] = []
    ends: list[int] = []
    for char in scalar.text:
        width = 1
        if scalar.style == '"' and text[offset : offset + 1] == "\\":
            offset, width = _escape_at(text, offset)
        elif not char.isspace():
            while offset < limit and text[offset] != char and text[offset].isspace():
                offset += 1
            if scalar.style == '"' and text[offset : offset + 1] == "\\":
                offset, width = _escape_at(text, offset)
            elif scalar.style == "'" and char == "'":
                width = 2
        elif text[offset : offset + 1] != char and not text[offset : offset + 1].isspace():
            # Folding made this space or line break of the value out of nothing that the source still has here.
            width = 0
        starts.append(min(offset, limit))
        offset = min(offset + width, limit)
        ends.append(offset)
    return starts, ends


def _content_start(scalar: ScalarNode) -> int:
    if scalar.style == ">":
        return _next_line(scalar.source, scalar.start)
    return scalar.start + (1 if scalar.style else 0)


def _escape_at(text: str, offset: int) -> tuple[int, int]:
    """Offset and length of the next escape; escaped line breaks stand for no character and are passed over."""
    while (match := _ESCAPE.match(text, offset)) is not None and match.group()[1] in "\r\n":
        offset = match.end()
        while text[offset : offset + 1] in {" ", "\t"}:
            offset += 1
    return offset, (match.end() - offset if match else 1)
