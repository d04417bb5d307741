"""Fixes written back as text edits, so that comments and layout stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from provisioner.diagnostics import Diagnostic, Edit

Read = Callable[[str], str]
"""The text of a file by the name that diagnostics give it."""


def apply_fixes(diagnostics: Iterable[Diagnostic], read: Read) -> tuple[dict[str, str], int]:
    """The new text of every file that changes, and how many fixes were made.

    A fix is made whole or not at all: one that overlaps an earlier one waits for the next run.
    """
    texts: dict[str, str] = {}
    taken: dict[str, list[Edit]] = {}
    made = 0
    for diagnostic in diagnostics:
        edits = [edit for edit in diagnostic.edits if edit.file is not None]
        new = [edit for edit in edits if edit not in taken.get(edit.file or "", ())]
        if not new or len(edits) != len(diagnostic.edits) or any(_clash(edit, taken) for edit in new):
            continue
        for edit in new:
            taken.setdefault(edit.file or "", []).append(edit)
        made += 1
    for file, edits in taken.items():
        texts[file] = apply_edits(read(file), edits)
    return texts, made


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they must not overlap."""
    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def diff(texts: Mapping[str, str], read: Read) -> str:
    """A unified diff from the files to their new texts."""
    import difflib

    lines = []
    for file, text in sorted(texts.items()):
        before, after = (each.splitlines(keepends=True) for each in (read(file), text))
        hunks = difflib.unified_diff(before, after, file, file)
        lines += [line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in hunks]
    return "".join(lines)


def _clash(edit: Edit, taken: Mapping[str, list[Edit]]) -> bool:
    """Whether an edit touches characters that another one replaces, or is put where another one is put."""
    one = edit.span
    return any(
        (one.start < two.end and two.start < one.end) or one.start == two.start
        for two in (other.span for other in taken.get(edit.file or "", ()))
    )
