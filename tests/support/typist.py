"""A person at an editor who writes nothing that is not offered: proposals are taken, characters only lead to them."""

from __future__ import annotations

import re
from pathlib import Path

from lsprotocol import types as lsp

from tests.support.editor_session import EditorSession

LEADING = re.compile(r"[ \n|,(){}\[\]:=-]*")
"""What is typed by hand: space, new lines, and the characters behind which proposals are asked for."""


def expanded(snippet: str) -> tuple[str, int]:
    """The text of a snippet whose stops are left as they are, and the first place that has to be filled in."""
    text, cursor = "", None
    pattern = re.compile(r"\$(?:\{(\d+):([^}]*)\}|\{(\d+)\|([^,|]*)[^}]*\|\}|(\d+))")
    end = 0
    for match in pattern.finditer(snippet):
        text += snippet[end : match.start()]
        if match[5] is not None and cursor is None:
            cursor = len(text)
        text += match[2] or match[4] or ""
        end = match.end()
    text += snippet[end:]
    return text, len(text) if cursor is None else cursor


class Typist:
    """One file that is written; `cursor` is an offset in it."""

    def __init__(self, editor: EditorSession, path: Path) -> None:
        self.editor = editor
        self.path = path
        self.cursor = 0

    @property
    def text(self) -> str:
        return self.editor.texts[self.path]

    def go_behind(self, needle: str, *, first: bool = False) -> None:
        start = self.text.index(needle) if first else self.text.rindex(needle)
        self.cursor = start + len(needle)

    def press(self, keys: str) -> None:
        assert LEADING.fullmatch(keys), f"{keys!r} is not for a person to know"
        self._replace(self.cursor, self.cursor, keys, len(keys))

    async def take(self, label: str) -> None:
        """Take a proposal at the cursor."""
        position = self.editor.position(self.path, self.cursor)
        params = lsp.CompletionParams(self.editor.document(self.path), position)
        items = (await self.editor.client.text_document_completion_async(params)).items
        matching = [item for item in items if item.label == label]
        assert matching, f"{label!r} is not among {[item.label for item in items]}"
        edit = matching[0].text_edit
        is_snippet = matching[0].insert_text_format is lsp.InsertTextFormat.Snippet
        text, cursor = expanded(edit.new_text) if is_snippet else (edit.new_text, len(edit.new_text))
        start = self.editor.offset(self.path, edit.range.start)
        # An editor indents the lines of a proposal like the one it is put into.
        line = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        indent = line[: len(line) - len(line.lstrip())]
        cursor += text[:cursor].count("\n") * len(indent)
        self._replace(start, self.editor.offset(self.path, edit.range.end), text.replace("\n", f"\n{indent}"), cursor)

    async def act(self, needle: str, title: str) -> None:
        """Take what is offered at a word."""
        await self.editor.take_action(self.path, title, self.editor.at(self.path, needle, 1))

    async def fix(self, code: str, title: str) -> None:
        """Take what is offered for a finding."""
        findings = await self.editor.findings(self.path)
        matching = [finding for finding in findings if finding.code == code]
        assert matching, f"{code} is not among {[(finding.code, finding.message) for finding in findings]}"
        await self.editor.take_action(self.path, title, matching[0].range.start)

    def _replace(self, start: int, end: int, new: str, cursor: int) -> None:
        self.editor.change(self.path, self.text[:start] + new + self.text[end:])
        self.cursor = start + cursor
