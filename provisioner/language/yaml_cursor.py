"""A place in a YAML text → the keys that lead to it and what is written there, also where the text is half typed.

The lines are read by their indentation, so that an error elsewhere in the file changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from provisioner.diagnostics import Span
from provisioner.load.yaml.source_text import SourceText

Path = tuple[str | int, ...]
Role = Literal["key", "value", "comment", "content"]
"""What stands or can stand at a place; `content` is the inside of a `|` or `>` block."""

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
class YamlCursor:
    """One place of a YAML text.

    `path` leads to the mapping whose key is written there (`key`), or to the value (`value`, `content`). `token` is the
    key or plain word at the place, `text` its characters up to the place. `indent` is the column of the keys beside it,
    `flow` says that braces or brackets stand around it, `keys` are the keys of the same mapping that stand elsewhere.
    `block_start` is the offset of the line behind the `|` of a block that the place is inside of.
    """

    path: Path
    role: Role
    token: Span
    text: str
    indent: int = 0
    flow: bool = False
    keys: frozenset[str] = frozenset()
    block_start: int | None = None
    is_new_item: bool = False


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
            entries.append(_Entry(position, _unquoted(match["key"]), start + position + match.end(), number))
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
        path = (*path, _unquoted(match["key"]))
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
                    yield _unquoted(match["key"])
                return
            if here == column and width and below:
                return
            if here == column and (match := _KEY.match(stripped)):
                yield _unquoted(match["key"])

    def flow_cursor(self, path: Path, start: int) -> YamlCursor:
        """The place inside braces or brackets that open at or behind `start`."""
        return _FlowReader(self.text, start, self.offset, path).read()


# The parser gives up at the first bracket that is not closed, which is what a half-typed line has.
class _FlowReader:
    """Reads a flow collection up to a place, keeping the brackets that stand open."""

    def __init__(self, text: str, start: int, offset: int, path: Path) -> None:
        self.text, self.offset = text, offset
        self.position = start
        self.path: list[str | int] = list(path)
        # For each open bracket: whether it is a list, its keys, and whether the place is behind a colon.
        self.frames: list[tuple[bool, set[str]]] = []
        self.behind_colon = True
        self.token_start = start

    def read(self) -> YamlCursor:
        text, offset = self.text, self.offset
        while self.position < offset:
            char = text[self.position]
            if char in "\"'":
                if not self.skip_quoted(char):
                    break
                continue
            self.position += 1
            self.take(char)
            if not self.frames and char in "}]":
                self.token_start = self.position
                break
        start = self.token_start
        while start < offset and text[start].isspace():
            start += 1
        end = offset
        while end < len(text) and text[end] not in ",}]\n\r#:":
            end += 1
        is_list = bool(self.frames) and self.frames[-1][0]
        in_value = is_list or self.behind_colon
        keys = frozenset(self.frames[-1][1] if self.frames else ()) | self.keys_behind(end)
        written = text[start:offset]
        return YamlCursor(
            tuple(self.path),
            "value" if in_value else "key",
            Span(start, max(end, offset)),
            written,
            flow=True,
            keys=keys,
        )

    def skip_quoted(self, quote: str) -> bool:
        """Move behind a quoted text; False where it goes on behind the place."""
        position = self.position + 1
        while position < len(self.text) and self.text[position] != quote:
            position += 2 if quote == '"' and self.text[position] == "\\" else 1
        if position >= self.offset:
            return False
        self.position = position + 1
        return True

    def take(self, char: str) -> None:
        """One character that is not quoted."""
        if char in "{[":
            self.frames.append((char == "[", set()))
            self.behind_colon = False
            if char == "[":
                self.path.append(0)
            self.token_start = self.position
        elif char in "}]" and self.frames:
            is_list, _ = self.frames.pop()
            if is_list or self.behind_colon:
                self.path.pop()
            self.behind_colon = True
        elif char == "," and self.frames:
            if self.frames[-1][0] and isinstance(self.path[-1], int):
                self.path[-1] += 1
            elif not self.frames[-1][0] and self.behind_colon:
                self.path.pop()
            self.behind_colon = False
            self.token_start = self.position
        elif char == ":" and self.frames and not self.frames[-1][0] and not self.behind_colon:
            # A colon ends a key only before white space, or behind quotes.
            before = self.text[self.token_start : self.position - 1].strip()
            if self.text[self.position : self.position + 1] in {" ", "\n", "\r", "", "\t"} or before[-1:] in {'"', "'"}:
                key = _unquoted(before)
                self.frames[-1][1].add(key)
                self.path.append(key)
                self.behind_colon = True
                self.token_start = self.position

    # Bounded: an open bracket would make the rest of the file its content.
    def keys_behind(self, position: int) -> frozenset[str]:
        """The keys of the same mapping that stand behind the place, as far as the bracket closes on simple entries."""
        keys, depth = set(), 0
        for match in re.finditer(r"[{}\[\]]|[,\s]([\w-]+):(?=\s)", self.text[position : position + 2000]):
            if match.group() in {"{", "["}:
                depth += 1
            elif match.group() in {"}", "]"}:
                depth -= 1
                if depth < 0:
                    break
            elif depth == 0 and match[1]:
                keys.add(match[1])
        return frozenset(keys)


def _unquoted(key: str) -> str:
    key = key.strip()
    if len(key) > 1 and key[0] == key[-1] == "'":
        return key[1:-1].replace("''", "'")
    return key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key


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
