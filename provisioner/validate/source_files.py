"""Reads the author's files for reports, and writes fixes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from provisioner.diagnostics import Diagnostic
from provisioner.operating_system import replace_file
from provisioner.secret_mask import mask_source
from provisioner.validate.fixes import apply_fixes, unified_diff

_MAX_PASSES = 10
"""Fixes that overlap wait for the next pass; more passes than this mean that two fixes undo each other."""


def read_source(file: str) -> str:
    """The text of a file, with its line ends and its byte order mark."""
    with Path(file).open(encoding="utf-8", newline="") as stream:
        return stream.read()


def write_source(file: str, text: str) -> None:
    """Replace the text of a file in one step: an interrupt leaves the old text or the new one."""
    # Resolved, so that a symbolic link stays one and its target is replaced.
    path = Path(file).resolve()
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)
    beside.chmod(path.stat().st_mode)
    replace_file(beside, path)


def source_lines(file: str) -> Sequence[str]:
    """The lines of a file, secrets as asterisks; empty where it cannot be read, which is a diagnostic of its own."""
    try:
        return re.split(r"\r\n|\r|\n", mask_source(read_source(file).removeprefix("\ufeff")))
    except (OSError, ValueError):
        return ()


def fix_source_files(
    diagnostics: Iterable[Diagnostic], recheck: Callable[[], Iterable[Diagnostic]] | None
) -> tuple[str, int]:
    """Apply the fixes of diagnostics; the unified diff, and how many fixes were applied.

    With `recheck`, which returns the diagnostics of the changed files, the texts are written back, in as many passes as
    it takes; where there are more errors then, each fix is tried by itself and kept only if it adds none. With None
    nothing is written.
    """
    findings = list(diagnostics)
    if recheck is None:
        texts, count = apply_fixes(findings, read_source)
        return unified_diff(texts, read_source), count
    before, applied, remaining = _write_all(findings, recheck)
    if _error_count(remaining) > _error_count(findings):
        # A fix has broken more than it mends: back to the author's texts, and each fix by itself.
        _write_sources(before)
        applied = _write_one_by_one(findings, recheck)
    after = {file: read_source(file) for file, text in before.items() if read_source(file) != text}
    return unified_diff(after, before.__getitem__), applied


Recheck = Callable[[], Iterable[Diagnostic]]


def _write_all(findings: list[Diagnostic], recheck: Recheck) -> tuple[dict[str, str], int, list[Diagnostic]]:
    """Write the fixes in as many passes as it takes: the texts before, how many were applied, and what remains."""
    before: dict[str, str] = {}
    applied = 0
    for _ in range(_MAX_PASSES):
        texts, count = apply_fixes(findings, read_source)
        if not count:
            break
        applied += count
        for file in texts:
            before.setdefault(file, read_source(file))
        _write_sources(texts)
        findings = list(recheck())
    return before, applied, findings


def _write_one_by_one(findings: list[Diagnostic], recheck: Recheck) -> int:
    """Write each fix by itself, and take back those after which there are more errors; how many were kept."""
    kept = 0
    tried: set[tuple[str, object]] = set()
    while untried := [finding for finding in findings if finding.fix and (finding.message, finding.place) not in tried]:
        tried.add((untried[0].message, untried[0].place))
        texts, count = apply_fixes(untried[:1], read_source)
        before = {file: read_source(file) for file in texts}
        _write_sources(texts)
        remaining = list(recheck())
        if count and _error_count(remaining) <= _error_count(findings):
            kept, findings = kept + 1, remaining
        else:
            _write_sources(before)
    return kept


def _write_sources(texts: Mapping[str, str]) -> None:
    for file, text in texts.items():
        write_source(file, text)


def _error_count(diagnostics: Iterable[Diagnostic]) -> int:
    return sum(diagnostic.severity == "error" for diagnostic in diagnostics)
