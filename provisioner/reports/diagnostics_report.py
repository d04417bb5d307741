"""Diagnostics as text for terminals, and what the other formats of `validate` see of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from provisioner.diagnostics import Diagnostic, Fix, Severity, has_failures
from provisioner.reports.annotations import Annotation
from provisioner.reports.ansi_styles import paint
from provisioner.reports.json_envelope import VERSION
from provisioner.reports.junit import JUnitSuite, JUnitTestCase
from provisioner.reports.report_format import Views
from provisioner.validate.name_matching import join_with_and
from provisioner.validate.source_files import source_lines

ReadLines = Callable[[str], Sequence[str]]
"""The lines of a file, by the name that diagnostics give it; empty where it cannot be read."""

_STYLES: dict[Severity, str] = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def format_text(diagnostics: Iterable[Diagnostic], lines: ReadLines, *, color: bool = False) -> str:
    """For a terminal: `file:line:column CODE message` with the source line, carets and a hint; then the counts."""
    findings = list(diagnostics)
    remarks = merge_groups(findings)
    entries = "".join(_format_entry(remark, lines, color) for remark in remarks)
    return f"{entries}{summary_line(remarks)}\n{_first_step(findings)}"


def merge_groups(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings of one group as one remark at the place of the first, with the names and hints of all."""
    groups: dict[object, list[Diagnostic]] = {}
    for number, diagnostic in enumerate(diagnostics):
        is_grouped = diagnostic.group and diagnostic.subject
        key = (diagnostic.group, diagnostic.severity, diagnostic.environments) if is_grouped else number
        groups.setdefault(key, []).append(diagnostic)
    return [_merge(members) if len(members) > 1 else members[0] for members in groups.values()]


def _merge(members: Sequence[Diagnostic]) -> Diagnostic:
    first = members[0]
    assert first.group is not None
    names = join_with_and(repr(member.subject) for member in members)
    # A hint that only some have, such as a name that is near, says for which it is.
    hints = dict.fromkeys(member.hint for member in members if member.hint)
    shared = len(hints) == 1 and all(member.hint for member in members)
    parts = hints if shared else dict.fromkeys(f"{m.subject!r}: {m.hint}" for m in members if m.hint)
    edits = tuple(edit for member in members for edit in member.edits)
    fix = Fix(first.fix.description, edits) if first.fix else None
    return replace(
        first,
        message=first.group.message.replace("{names}", names) + _other_lines(members),
        hint="; ".join(part for part in parts if part) or None,
        fix=fix,
    )


def _other_lines(members: Sequence[Diagnostic]) -> str:
    """Where the members after the first stand, unless that is the first one's line."""
    places = [member.place for member in members if member.place]
    lines = sorted({place.line for place in places} - {places[0].line}) if places else []
    if not lines:
        return ""
    return f" (also line{'' if len(lines) == 1 else 's'} {', '.join(map(str, lines))})"


def _first_step(diagnostics: Sequence[Diagnostic]) -> str:
    """A line that says where to begin, where there are several errors; empty otherwise."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"]
    if len(errors) < 2:
        return ""
    if all(error.fix for error in errors):
        return "first: `provisioner validate --fix` mends the errors\n"
    # A secret is known to others from now on; without a readable file, the rest may be wrong.
    urgent = min(errors, key=lambda error: (not error.code.startswith("SEC"), not error.code.startswith(_FILE_CODES)))
    position = f"{urgent.place} " if urgent.place else ""
    return f"first: {position}{urgent.code} {urgent.message}\n"


_FILE_CODES = ("YAM", "INC", "MAN")
"""Codes of what keeps a file or the manifest from being read."""


def summary_line(diagnostics: Sequence[Diagnostic]) -> str:
    """The counts by severity, and how many findings have a fix."""
    counts = {
        severity: sum(diagnostic.severity == severity for diagnostic in diagnostics)
        for severity in ("error", "warning", "info")
    }
    if not diagnostics:
        return "no findings"
    counted = [
        f"{count} {severity}{'' if count == 1 or severity == 'info' else 's'}"
        for severity, count in counts.items()
        if count
    ]
    fixable = sum(diagnostic.fix is not None for diagnostic in diagnostics)
    return ", ".join(counted) + (f"; --fix mends {fixable}" if fixable else "")


def report_data(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """The public shape of `validate --format json`: contract, "diagnostics"."""
    findings = list(diagnostics)
    return {
        "version": VERSION,
        "diagnostics": [diagnostic.json() for diagnostic in findings],
        "summary": {
            "errors": sum(diagnostic.severity == "error" for diagnostic in findings),
            "warnings": sum(diagnostic.severity == "warning" for diagnostic in findings),
        },
    }


def diagnostic_annotations(diagnostics: Iterable[Diagnostic]) -> Iterator[Annotation]:
    """One for each diagnostic, with its hint."""
    for diagnostic in merge_groups(diagnostics):
        hint = f" ({diagnostic.hint})" if diagnostic.hint else ""
        yield Annotation(diagnostic.severity, diagnostic.place, diagnostic.code, diagnostic.message + hint)


def junit_suite(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> JUnitSuite:
    """A suite for each file, a test case for each finding; a single passing case without findings.

    Errors are failures, with `strict` warnings too.
    """
    cases = [_junit_case(diagnostic, strict=strict) for diagnostic in diagnostics]
    nothing = JUnitTestCase("validate manifest", "no findings", group="validate")
    return JUnitSuite("validate", tuple(cases or [nothing]))


def _junit_case(diagnostic: Diagnostic, *, strict: bool) -> JUnitTestCase:
    position = diagnostic.place
    file = position.file if position else "manifest"
    text = diagnostic.message + (f"\nhint: {diagnostic.hint}" if diagnostic.hint else "")
    case = JUnitTestCase(
        f"validate {file}",
        f"{diagnostic.code} {position}" if position else diagnostic.code,
        group=f"validate.{file}",
        file=position.file if position else None,
        line=position.line if position else None,
    )
    if has_failures([diagnostic], strict=strict):
        return replace(case, failure=(diagnostic.message, text), kind=diagnostic.code)
    return replace(case, output=f"{diagnostic.severity}: {text}")


VIEWS: Views[Sequence[Diagnostic]] = {
    "text": lambda diagnostics, options: format_text(diagnostics, source_lines, color=options.color),
    "data": lambda diagnostics, _: report_data(diagnostics),
    "diagnostics": lambda diagnostics, _: diagnostics,
    "junit_suite": lambda diagnostics, options: junit_suite(diagnostics, strict=options.strict),
    "annotations": lambda diagnostics, _: diagnostic_annotations(diagnostics),
}


def _format_entry(diagnostic: Diagnostic, lines: ReadLines, color: bool) -> str:
    position = f"{diagnostic.place}  " if diagnostic.place else ""
    code = paint(diagnostic.code, _STYLES[diagnostic.severity], color=color)
    environments = f"  [{', '.join(diagnostic.environments)}]" if diagnostic.environments else ""
    severity_prefix = "" if diagnostic.severity == "error" else f"{diagnostic.severity}: "
    entry = f"{position}{code}  {severity_prefix}{diagnostic.message}{environments}\n" + _source_excerpt(
        diagnostic, lines, color
    )
    if diagnostic.hint:
        entry += f"  hint: {diagnostic.hint}\n"
    if diagnostic.fix:
        entry += f"  fix: {diagnostic.fix.description}\n"
    return entry + "\n"


def _source_excerpt(diagnostic: Diagnostic, lines: ReadLines, color: bool) -> str:
    """The source line with carets below the span; of a span over several lines only the first."""
    position = diagnostic.place
    text = lines(position.file) if position else ()
    if position is None or position.line > len(text):
        return ""
    line = text[position.line - 1].rstrip("\r\n")
    end = position.end_column if position.end_line == position.line else len(line) + 1
    # A tab stays a tab, so that the carets stand below their characters at any tab width.
    before = "".join("\t" if character == "\t" else " " for character in line[: position.column - 1])
    marks = paint("^" * max(1, end - position.column), _STYLES[diagnostic.severity], color=color)
    number = f"{position.line:>5}"
    return f"{number} | {line}\n{' ' * len(number)} | {before}{marks}\n"
