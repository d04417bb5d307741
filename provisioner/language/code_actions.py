"""What can be done at a place: the fixes of findings, a check silenced, and what the other action files offer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Literal

from provisioner.diagnostics import Diagnostic, Edit, Span
from provisioner.language.kql_text import TransformText
from provisioner.language.language_file import LanguageFile
from provisioner.language.project_analysis import Analysis
from provisioner.language.symbol_rename import FileEdit
from provisioner.validate.fixes import compatible_edits

ActionKind = Literal["quickfix", "refactor.extract", "refactor.inline", "refactor.rewrite", "source.fixAll"]


@dataclass(frozen=True, slots=True)
class CodeAction:
    """A change that is offered: its edits, and the files that it makes, each with its text.

    `diagnostics` are the findings that it mends; `preferred`: the one to take where several are offered.
    """

    title: str
    kind: ActionKind
    edits: tuple[FileEdit, ...]
    new_files: tuple[tuple[FilePath, str], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    preferred: bool = False


def findings_at(file: LanguageFile, span: Span) -> list[tuple[Diagnostic, Span]]:
    """The findings of a file that touch some characters, each with its own."""
    findings = []
    for diagnostic in file.analysis.diagnostics:
        own = diagnostic_span(file, diagnostic)
        if own is not None and own.start <= span.end and span.start <= own.end:
            findings.append((diagnostic, own))
    return findings


def diagnostic_span(file: LanguageFile, diagnostic: Diagnostic) -> Span | None:
    """The characters of the file that a finding is about; None for one about another file."""
    place = diagnostic.place
    if place is None or place.file != file.source.name:
        return None
    start = file.source.line_offset(place.line) + place.column - 1
    return Span(start, max(file.source.line_offset(place.end_line) + place.end_column - 1, start))


def fix_actions(file: LanguageFile, findings: Iterable[tuple[Diagnostic, Span]]) -> Iterator[CodeAction]:
    """The fixes of findings, as `validate --fix` makes them."""
    for diagnostic, _ in findings:
        if diagnostic.fix is None:
            continue
        edits = file_edits(file.analysis, diagnostic.fix.edits)
        if edits is not None:
            title = diagnostic.fix.description
            title = title[:1].upper() + title[1:]
            yield CodeAction(title, "quickfix", edits, diagnostics=(diagnostic,), preferred=True)


def file_edits(analysis: Analysis, edits: Iterable[Edit]) -> tuple[FileEdit, ...] | None:
    """Edits by file, counted without byte order marks; None where one is of a file that is not there."""
    converted: list[FileEdit] = []
    for edit in edits:
        source = analysis.sources.get(edit.file or "")
        if source is None:
            return None
        converted.append((source.path, Edit(edit.span.shift(-source.bom_length), edit.text)))
    return tuple(converted)


def fix_all_action(file: LanguageFile) -> CodeAction | None:
    """All fixes of a file's findings that do not overlap; None where there is none."""
    analysis = file.analysis
    findings = [one for one in analysis.diagnostics if one.place is not None and one.place.file == file.source.name]
    edits, count = compatible_edits(one for one in findings if one.fix is not None)
    converted = file_edits(analysis, (edit for name in edits for edit in edits[name]))
    if not count or converted is None:
        return None
    return CodeAction("Make all fixes in this file", "source.fixAll", converted)


def silence_actions(file: LanguageFile, findings: Iterable[tuple[Diagnostic, Span]]) -> Iterator[CodeAction]:
    """A comment above a finding's line that silences its check there; errors of loading cannot be silenced."""
    fatal = {
        (one.code, one.place)
        for document in file.analysis.documents.values()
        for one in document.diagnostics
        if one.severity == "error"
    }
    for diagnostic, span in findings:
        # What could not be read was not checked either, so its error cannot be hidden.
        if (diagnostic.code, diagnostic.place) in fatal:
            continue
        source = file.source
        text = next((text for text in file.transforms if text.contains(span.start)), None)
        # A comment of KQL where the line is one of a block or of a `.kql` file, else one of YAML above its line; in a
        # text that goes over several lines, above the first of them: in it, a comment would be a part of the text.
        line_start = source.line_start(span.start)
        in_kql = text is not None and _is_own_line(text, line_start)
        if text is not None and not in_kql:
            line_start = _key_line(text)
        line = source.text[line_start : source.line_end(line_start)]
        indent = line[: len(line) - len(line.lstrip())]
        mark = "//" if in_kql else "#"
        comment = f"{indent}{mark} provisioner: ignore {diagnostic.code} because …{source.newline}"
        edit = Edit(Span(line_start, line_start), comment)
        yield CodeAction(f"Silence {diagnostic.code} here", "quickfix", ((file.path, edit),), diagnostics=(diagnostic,))


def _key_line(text: TransformText) -> int:
    """The start of the line on which a text begins, of a folded one that of its key."""
    source = text.source
    return source.line_start(source.text.rindex(">", 0, text.start) if text.style == ">" else text.start)


def _is_own_line(text: TransformText, line_start: int) -> bool:
    return text.style == "file" or (text.style == "|" and line_start >= text.source.line_start(text.start))
