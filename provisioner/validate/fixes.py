"""Applies fixes to texts as edits, so that comments and layout stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from provisioner.diagnostics import Diagnostic, Edit
from provisioner.secret_mask import mask_source

ReadText = Callable[[str], str]
"""The text of a file, by the name that diagnostics give it."""


def apply_fixes(diagnostics: Iterable[Diagnostic], read: ReadText) -> tuple[dict[str, str], int]:
    """The new text of every changed file by name, and how many fixes were applied; see `compatible_edits`."""
    taken, applied = compatible_edits(diagnostics)
    return {file: apply_edits(read(file), edits) for file, edits in taken.items()}, applied


def compatible_edits(diagnostics: Iterable[Diagnostic]) -> tuple[dict[str, list[Edit]], int]:
    """The edits of fixes that do not overlap, by file, and of how many fixes they are.

    A fix is taken with all its edits or not at all; one that overlaps an earlier fix waits for the next pass.
    """
    taken: dict[str, list[Edit]] = {}
    applied = 0
    for diagnostic in diagnostics:
        edits = [edit for edit in diagnostic.edits if edit.file is not None]
        # Two findings may share an edit (a rename that mends both): it is applied once.
        new = [edit for edit in edits if edit not in taken.get(edit.file or "", ())]
        if not new or len(edits) != len(diagnostic.edits) or any(_overlaps(edit, taken) for edit in new):
            continue
        for edit in new:
            taken.setdefault(edit.file or "", []).append(edit)
        applied += 1
    return taken, applied


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits applied; they must not overlap."""
    # From the end, so that the offsets of earlier edits stay right.
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def unified_diff(texts: Mapping[str, str], read: ReadText) -> str:
    """A unified diff from the files to their new texts (by file name)."""
    import difflib

    lines = []
    for file, text in sorted(texts.items()):
        # A diff shows the lines around a change too, and ends up in logs.
        before, after = (mask_source(content).splitlines(keepends=True) for content in (read(file), text))
        hunks = difflib.unified_diff(before, after, file, file)
        lines += [line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in hunks]
    return "".join(lines)


def _overlaps(edit: Edit, taken: Mapping[str, list[Edit]]) -> bool:
    """Whether an edit touches characters that another one replaces, or inserts at the same offset."""
    span = edit.span
    return any(
        (span.start < other_span.end and other_span.start < span.end) or span.start == other_span.start
        for other_span in (other.span for other in taken.get(edit.file or "", ()))
    )
