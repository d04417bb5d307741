"""A template as it was given: its value, and its text where there is one, to say where a fault is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.template.json_text import line_and_column, read_json, scan_json
from provisioner.template.template_errors import Key, TemplateError


@dataclass(frozen=True, slots=True)
class Document:
    """A value, the text that it was read from, and the path from that text's root to the value.

    A request body that holds a template below `properties` is `Document(template, body, ("properties", "template"))`:
    the places of errors then count in the body, as Azure's do.
    """

    value: Any
    text: str | None = None
    root: tuple[Key, ...] = ()

    def position(self, path: Sequence[Key], offset: int | None = None) -> tuple[int, int] | None:
        """Line and column, from 1, of the value at a path below this one; None without a text.

        `offset` counts characters into a string's value. Of a path that the text does not hold (a value that an
        expression made) the longest part that it does hold is taken. The text is read again for this: faults are rare.
        """
        if self.text is None:
            return None
        spans: dict[tuple[Key, ...], tuple[int, int]] = {}
        whole = (*self.root, *path)

        def visit(here: list[Any], start: int, end: int) -> None:
            if tuple(here) == whole[: len(here)]:
                spans[tuple(here)] = (start, end)

        # A fault is rare, and line tables of every template would cost each evaluation.
        scan_json(self.text, visit)
        length = next((n for n in range(len(whole), 0, -1) if whole[:n] in spans), 0)
        start, end = spans[whole[:length]]
        if offset is not None and length == len(whole) and "\\" not in self.text[start:end]:
            # Behind the quote; an escape in the string would shift the count.
            start += 1 + offset
        return line_and_column(self.text, start)

    def locate(self, error: TemplateError) -> TemplateError:
        """The same error with line and column; raise it again."""
        if not error.rooted:
            error.place(self.root, self.position(error.path, error.offset))
        return error

    def below(self, value: Any, *path: Key) -> Document:
        """The document of a value that stands at a path in this one."""
        return Document(value, self.text, (*self.root, *path))


def read_document(text: str) -> Document:
    """The document of a text: JSON with comments and strings over several lines. Raises TemplateError, placed."""
    return Document(read_json(text), text)
