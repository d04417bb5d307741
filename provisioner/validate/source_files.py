"""The author's files as the reports show them and the fixes change them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from provisioner.diagnostics import Diagnostic
from provisioner.validate.fixes import apply_fixes, diff

_PASSES = 10
"""A fix may make room for the next one; more passes than this mean that two fixes undo each other."""


def read(file: str) -> str:
    """A file's text, character for character: line ends and a byte order mark are kept."""
    with Path(file).open(encoding="utf-8", newline="") as stream:
        return stream.read()


def write(file: str, text: str) -> None:
    """Replace a file's text, in one step, so that an interrupt leaves the old one or the new one."""
    path = Path(file).resolve()  # a link stays a link
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)
    beside.chmod(path.stat().st_mode)
    beside.replace(path)


def lines(file: str) -> Sequence[str]:
    """A file's lines for a report; empty where it cannot be read, which the report tells anyway."""
    try:
        return re.split(r"\r\n|\r|\n", read(file).removeprefix("\ufeff"))
    except (OSError, ValueError):
        return ()


def mend(diagnostics: Iterable[Diagnostic], again: Callable[[], Iterable[Diagnostic]] | None) -> tuple[str, int]:
    """The difference that the fixes make, and how many there are.

    With `again`, which checks once more, they are written back, in as many passes as it takes.
    """
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    made = 0
    for _ in range(_PASSES):
        texts, count = apply_fixes(diagnostics, read)
        if not count:
            break
        made += count
        for file, text in texts.items():
            before.setdefault(file, read(file))
            after[file] = text
        if again is None:
            break
        for file, text in texts.items():
            write(file, text)
        diagnostics = again()
    return diff(after, before.__getitem__), made
