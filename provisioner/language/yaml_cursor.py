"""A place in a YAML text → the keys that lead to it and what is written there, also where the text is half typed.

The lines are read by their indentation, so that an error elsewhere in the file changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.diagnostics import Span
from provisioner.language.flow_cursor import flow_cursor
from provisioner.language.yaml_place import Path, YamlCursor, unquoted_key
from provisioner.load.yaml.source_text import SourceText

# A plain key may hold spaces and dots, but not what begins another kind of value.
_KEY = re.compile(
    r"""(?P<key>"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|[^\s\[\]{},\#&*!|>'"%@`-][^\n\#]*?|-[^\s][^\n\#]*?)
        (?P<colon>[ \t]*:)(?=[ \t]|$)""",
    re.VERBOSE,
)
_DASHES = re.compile(r"(?:-[ \t]+|-$)*")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")
_WORD = re.compile(r"[^\s,\[\]{}]*")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key or a list item of the lines above: its column, its name or position, and where its value starts."""

    indent: int
    step: str | int
    value_start: int
    line: int


def yaml_cursor(source: SourceText, offset: int) -> YamlCursor:
    """What is written or can be written at `offset`."""
    return _CursorReader(source, min(offset, len(source.text))).read()


class _CursorReader:
    def __init__(self, source: SourceText, offset: int) -> None:
        self.source = source
        self.text = source.text
        self.offset = offset
        self.line = source.line_and_column(offset)[0]

    def read(self) -> YamlCursor:
        start, end = self.line_bounds(self.line)
        content = self.text[start:end]
        blank = not content.strip()
        column = len(content) - len(content.lstrip(" "))
        # On a blank line, and before the first word of one, the column of the place says what it belongs to.
        indent = self.offset - start if blank or self.offset - start < column else column
        entries = self.entries_above(indent, blank=blank)
        for position, entry in enumerate(entries):
            value = self.text[entry.value_start : self.source.line_end(entry.value_start)].strip()
            before = tuple(item.step for item in entries[: position + 1])
            if entry.line >= self.line:
                break
            if _BLOCK.match(value):
                block_start = self.next_line(entry.value_start)
                return YamlCursor(before, "content", Span(self.offset, self.offset), "", block_start=block_start)
            if value[:1] in {"{", "["}:
                return self.flow_cursor(before, entry.value_start)
            if value[:1] in {'"', "'"} and not _is_closed(value):
                return YamlCursor(before, "value", Span(self.offset, self.offset), "")
        return self.line_cursor(entries, start, end, indent)

    def line_bounds(self, number: int) -> tuple[int, int]:
        start = self.source.line_offset(number)
        return start, self.source.line_end(start)

    def next_line(self, offset: int) -> int:
        end = self.source.line_end(offset)
        return min(end + (2 if self.text[end : end + 2] == "\r\n" else 1), len(self.text))

    # Upwards from the line: a project's largest file has ten thousand lines, and only the nearest matter.
    def entries_above(self, indent: int, *, blank: bool) -> list[_Entry]:
        """The keys and list items that lead to the line, the outermost first."""
        chain: list[_Entry] = []
        limit = indent
        if not blank and self.is_item_line(self.line) and (parent := self.parent_of_items(self.line, indent)):
            chain, limit = [parent], parent.indent
        for number in range(self.line - 1, 0, -1):
            if limit <= 0:
                break
            start, end = self.line_bounds(number)
            content = self.text[start:end]
            stripped = content.lstrip(" ")
            column = len(content) - len(stripped)
            if not stripped or stripped[0] == "#" or column >= limit:
                continue
            chain[:0] = self.line_entries(number, start, stripped, column, limit)
            limit = column
            # The list may stand at the column of its own key.
            if stripped.startswith("-") and (parent := self.parent_of_items(number, column)):
                chain.insert(0, parent)
                limit = parent.indent
        return chain

    def is_item_line(self, number: int) -> bool:
        start, end = self.line_bounds(number)
        return self.text[start:end].lstrip(" ").startswith("-")

    # One line may begin several collections: `- - name: x` is an item of a list of lists with its first key.
    def line_entries(self, number: int, start: int, stripped: str, column: int, limit: int) -> list[_Entry]:
        """The list items and the key of one line that lead to deeper lines below."""
        entries: list[_Entry] = []
        position = column
        while (dash := re.match(r"-(?:[ \t]+|$)", stripped)) is not None:
            if position >= limit:
                return entries
            entries.append(_Entry(position, self.item_number(number, position), start + position + dash.end(), number))
            position += dash.end()
            stripped = stripped[dash.end() :]
        match = _KEY.match(stripped)
        if match is not None and position < limit:
            entries.append(_Entry(position, unquoted_key(match["key"]), start + position + match.end(), number))
        return entries

    # Counted and not kept: the list above the place is short, and an edit would make a kept count wrong.
    def item_number(self, number: int, column: int) -> int:
        """The position of a list item among those above it."""
        count = 0
        for above in range(number - 1, 0, -1):
            start, end = self.line_bounds(above)
            content = self.text[start:end]
            stripped = content.lstrip(" ")
            if not stripped or stripped[0] == "#":
                continue
            here = len(content) - len(stripped)
            if here < column or (here == column and not stripped.startswith("-")):
                break
            count += here == column
        return count

    def parent_of_items(self, number: int, column: int) -> _Entry | None:
        """The key at the very column of a list's dashes, where the list is its value."""
        for above in range(number - 1, 0, -1):
            start, end = self.line_bounds(above)
            content = self.text[start:end]
            stripped = content.lstrip(" ")
            if not stripped or stripped[0] == "#" or len(content) - len(stripped) > column:
                continue
            if len(content) - len(stripped) == column and stripped.startswith("-"):
                continue
            if len(content) - len(stripped) < column:
                return None
            entries = self.line_entries(above, start, stripped, column, column + 1)
            return entries[-1] if entries else None
        return None

    def line_cursor(self, entries: list[_Entry], start: int, end: int, indent: int) -> YamlCursor:
        """The place inside its own line, in block style."""
        content = self.text[start:end]
        stripped = content.lstrip(" ")
        path: Path = tuple(item.step for item in entries)
        position = len(content) - len(stripped)
        is_item = False
        if self.offset - start >= position:
            while (dash := re.match(r"-(?:[ \t]+|$)", stripped)) is not None and self.offset - start > position:
                path = (*path, self.item_number(self.line, position))
                position += dash.end()
                stripped = stripped[dash.end() :]
                is_item = True
        # Behind `#` there is nothing to propose, except where the sign is part of a word.
        comment = _comment_start(content)
        if comment is not None and self.offset - start > comment:
            return YamlCursor(path, "comment", Span(self.offset, self.offset), "", indent)
        match = _KEY.match(stripped)
        column = position if stripped.strip() or is_item else indent
        if match is None:
            token = self.word(start + position if stripped.strip() else self.offset, start + len(content.rstrip()))
            text = self.text[token.start : self.offset]
            keys = self.sibling_keys(column, is_item=is_item)
            return YamlCursor(path, "key", token, text, column, keys=keys, is_new_item=is_item)
        colon = start + position + match.end()
        if self.offset < colon:
            key_start = start + position
            token = Span(key_start, key_start + len(match["key"]))
            keys = self.sibling_keys(column, is_item=is_item)
            return YamlCursor(path, "key", token, self.text[key_start : self.offset], column, keys=keys)
        path = (*path, unquoted_key(match["key"]))
        value_start = colon + len(self.text[colon:end]) - len(self.text[colon:end].lstrip())
        if self.text[value_start : value_start + 1] in {"{", "["} and self.offset > value_start:
            return self.flow_cursor(path, value_start)
        value_end = start + (comment if comment is not None else len(content))
        token = Span(
            min(value_start, self.offset), max(start + len(content[: value_end - start].rstrip()), self.offset)
        )
        return YamlCursor(path, "value", token, self.text[token.start : self.offset], column)

    def word(self, start: int, end: int) -> Span:
        return Span(min(start, self.offset), max(min(end, self.source.line_end(self.offset)), self.offset))

    def sibling_keys(self, column: int, *, is_item: bool) -> frozenset[str]:
        """The keys of the block mapping at `column` that the place belongs to, those of its own line left out."""
        keys: set[str] = set()
        if not is_item:
            keys.update(self.keys_from(range(self.line - 1, 0, -1), column))
        keys.update(self.keys_from(range(self.line + 1, self.line_count + 1), column, below=True))
        return frozenset(keys)

    @property
    def line_count(self) -> int:
        return self.source.line_and_column(len(self.text))[0]

    def keys_from(self, numbers: range, column: int, *, below: bool = False) -> Iterator[str]:
        for number in numbers:
            start, end = self.line_bounds(number)
            content = self.text[start:end]
            stripped = content.lstrip(" ")
            if not stripped or stripped[0] == "#":
                continue
            here = len(content) - len(stripped)
            dashes = _DASHES.match(stripped)
            width = dashes.end() if dashes else 0
            if here < column:
                # The first key of a list item stands behind its dash, at the column of the others.
                if here + width == column and not below and (match := _KEY.match(stripped[width:])):
                    yield unquoted_key(match["key"])
                return
            if here == column and width and below:
                return
            if here == column and (match := _KEY.match(stripped)):
                yield unquoted_key(match["key"])

    def flow_cursor(self, path: Path, start: int) -> YamlCursor:
        """The place inside braces or brackets that open at or behind `start`."""
        return flow_cursor(self.text, start, self.offset, path)


def _is_closed(value: str) -> bool:
    """Whether a quoted value ends on its own line."""
    return re.match(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*(?:#.*)?$""", value) is not None


def _comment_start(line: str) -> int | None:
    """The column of the comment of a line, quotes respected; None where it has none."""
    quote = ""
    for column, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and (column == 0 or line[column - 1] in " \t[{,("):
            quote = char
        elif char == "#" and (column == 0 or line[column - 1] in " \t"):
            return column
    return None
