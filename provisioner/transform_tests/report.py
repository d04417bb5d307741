"""Results of transform tests as text, and what the other formats of `test` see of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from provisioner.reports.annotations import Annotation
from provisioner.reports.ansi_styles import painter
from provisioner.reports.json_envelope import VERSION
from provisioner.reports.junit import JUnitSuite, JUnitTestCase
from provisioner.reports.report_format import Views
from provisioner.reports.text_table import (
    CELL_WIDTH,
    TableLine,
    format_cell,
    format_difference,
    format_pair,
    table_lines,
)
from provisioner.transform_tests.result import TestResult
from provisioner.transform_tests.transform_test_page import transform_test_page
from provisioner.transforms.row_compare import ABSENT, RowResult


def format_text(results: Sequence[TestResult], *, color: bool = False, verbose: bool = False) -> str:
    """Failures with their differing cells, what was lost on the way in tests that passed, and a line that counts.

    With `verbose` a line for each test.
    """
    paint = painter(color)
    lines: list[str] = []
    for result in results:
        if result.ok and not result.notes and not verbose:
            continue
        mark = paint("✓", "green") if result.ok else paint("✗", "red")
        position = f"  {paint(f'{result.place.file}:{result.place.line}', 'dim')}" if result.place else ""
        lines.append(f"{mark} {result.stream} → {result.table}  {paint(result.name, 'bold')}{position}")
        if result.ok:
            lines += [paint(f"    note: {note}", "dim") for note in result.notes]
        else:
            lines += [*_failure_lines(result, "    ", color=color, whole=verbose), ""]
    failures = sum(not result.ok for result in results)
    passed = f"{len(results) - failures} passed"
    if not results:
        lines.append("no transform tests")
    else:
        lines.append(paint(f"{failures} failed, {passed}", "red") if failures else paint(passed, "green"))
    return "\n".join(lines)


def report_data(results: Sequence[TestResult]) -> dict[str, Any]:
    """The public shape: contract, "test"."""
    failures = sum(not result.ok for result in results)
    return {
        "version": VERSION,
        "tests": [result.json() for result in results],
        "summary": {"passed": len(results) - failures, "failed": failures},
    }


def junit_suite(results: Sequence[TestResult]) -> JUnitSuite:
    """A case for each test and table."""
    return JUnitSuite("transform tests", tuple(_junit_case(result) for result in results))


def test_annotations(results: Iterable[TestResult]) -> Iterator[Annotation]:
    """One for each failed test."""
    for result in results:
        if not result.ok:
            differences = [difference for row in result.rows for difference in row.differences]
            expected = [f"{difference.column}: expected {difference.expected!r}" for difference in differences]
            message = result.reason or "; ".join(expected) or "the rows differ"
            title = f"test: {result.name}"
            yield Annotation("error", result.place, title, f"{result.stream} into {result.table}: {message}")


VIEWS: Views[Sequence[TestResult]] = {
    "text": lambda results, options: format_text(results, color=options.color, verbose=options.verbose),
    "data": lambda results, _: report_data(results),
    "junit_suite": lambda results, _: junit_suite(results),
    "annotations": lambda results, _: test_annotations(results),
    "page": lambda results, _: transform_test_page(results),
}


def _junit_case(result: TestResult) -> JUnitTestCase:
    detail = "\n".join(_failure_lines(result, "", color=False, whole=True))
    return JUnitTestCase(
        result.stream,
        f"{result.name} → {result.table}",
        failure=None if result.ok else (result.reason or "failed", detail),
        file=result.place.file if result.place else None,
        line=result.place.line if result.place else None,
    )


def _failure_lines(result: TestResult, indent: str, *, color: bool, whole: bool = False) -> list[str]:
    lines = [f"{indent}{result.reason}"] if result.reason else []
    for diagnostic in result.diagnostics:
        position = f"{diagnostic.place}: " if diagnostic.place else ""
        lines.append(f"{indent}{position}{diagnostic.code} {diagnostic.message}")
        lines += [f"{indent}  {diagnostic.hint}"] if diagnostic.hint else []
    for number, row in enumerate(result.rows, 1):
        if not row.ok:
            lines.append(f"{indent}row {number}{_lone_row_remark(row)}")
            lines += table_lines(("column", "expected", "actual"), _cell_lines(row, whole=whole), indent, color=color)
    return [*lines, *(f"{indent}note: {note}" for note in result.notes)]


def _lone_row_remark(row: RowResult) -> str:
    if row.actual is None:
        return ": expected, not there"
    return ": there, not expected" if row.expected is None else ""


def _cell_lines(row: RowResult, *, whole: bool) -> list[TableLine]:
    width = None if whole else CELL_WIDTH
    if row.actual is None:
        return [(False, (name, format_cell(value, width), "")) for name, value in (row.expected or {}).items()]
    if row.expected is None:
        return [(False, (name, "", format_cell(value, width))) for name, value in row.actual.items()]
    differences = {difference.column: difference for difference in row.differences}
    lines: list[TableLine] = []
    for name, expected in row.expected.items():
        if name not in differences:
            lines.append((True, (name, *format_pair(expected, row.actual.get(name), whole=whole))))
        elif differences[name].actual is ABSENT:
            lines.append((False, (name, format_cell(expected, width), "(not written by the transform)")))
        else:
            lines.append((False, (name, *format_difference(expected, differences[name].actual, whole=whole))))
    return lines
