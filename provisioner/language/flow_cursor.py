"""A place inside of braces or brackets, which nothing may close yet: the keys that lead to it."""

from __future__ import annotations

import re

from provisioner.diagnostics import Span
from provisioner.language.yaml_place import Path, YamlCursor, unquoted_key


def flow_cursor(text: str, start: int, offset: int, path: Path) -> YamlCursor:
    """The place `offset` inside a collection in flow style that opens at `start` and is the value at `path`."""
    return _FlowReader(text, start, offset, path).read()


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
                key = unquoted_key(before)
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
