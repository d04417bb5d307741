"""Transform tests as text, JSON and JUnit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from json import dumps
from typing import Any

from provisioner.reports.annotations import Annotation
from provisioner.reports.junit import Case
from provisioner.reports.junit import junit as xml
from provisioner.reports.text_table import Cells, apart, cell, paint, table
from provisioner.transform_tests.result import TestResult
from provisioner.transforms.row_compare import ABSENT, RowResult


def text(results: Sequence[TestResult], *, color: bool = False, verbose: bool = False) -> str:
    """Failures with their differing cells, and a line that counts; with `verbose` a line for each that passed."""
    painted = paint(color)
    lines: list[str] = []
    for result in results:
        if result.ok and not verbose:
            continue
        mark = painted("✓", "green") if result.ok else painted("✗", "red")
        place = f"  {painted(f'{result.place.file}:{result.place.line}', 'dim')}" if result.place else ""
        lines.append(f"{mark} {result.stream} → {result.table}  {painted(result.name, 'bold')}{place}")
        if result.ok:
            lines += [painted(f"    note: {note}", "dim") for note in result.notes]
        else:
            lines += [*_detail(result, "    ", color=color), ""]
    failures = sum(not result.ok for result in results)
    passed = f"{len(results) - failures} passed"
    if not results:
        lines.append("no transform tests")
    else:
        lines.append(painted(f"{failures} failed, {passed}", "red") if failures else painted(passed, "green"))
    return "\n".join(lines)


def data(results: Sequence[TestResult]) -> dict[str, Any]:
    """The public shape: contract, "test"."""
    failures = sum(not result.ok for result in results)
    return {
        "version": 1,
        "tests": [result.json() for result in results],
        "summary": {"passed": len(results) - failures, "failed": failures},
    }


def json(results: Sequence[TestResult]) -> str:
    """The public shape as text."""
    return dumps(data(results), indent=2, ensure_ascii=False)


def of_tests(results: Iterable[TestResult]) -> Iterator[Annotation]:
    """One for each failed test."""
    for each in results:
        if not each.ok:
            wrong = [f"{one.column}: expected {one.expected!r}" for row in each.rows for one in row.differences]
            words = "; ".join([each.reason] if each.reason else wrong) or "the rows differ"
            yield Annotation("error", each.place, f"test: {each.name}", f"{each.stream} into {each.table}: {words}")


def junit(results: Sequence[TestResult]) -> str:
    """A case for each test and table."""
    return xml("transform tests", [_case(result) for result in results])


def _case(result: TestResult) -> Case:
    place = result.place
    failure = None if result.ok else (result.reason or "failed", "\n".join(_detail(result, "", color=False)))
    return Case(
        result.stream,
        f"{result.name} → {result.table}",
        failure=failure,
        file=place.file if place else None,
        line=place.line if place else None,
    )


def _detail(result: TestResult, indent: str, *, color: bool) -> list[str]:
    lines = [f"{indent}{result.reason}"] if result.reason else []
    for each in result.diagnostics:
        lines.append(f"{indent}{f'{each.place}: ' if each.place else ''}{each.code} {each.message}")
        lines += [f"{indent}  {each.hint}"] if each.hint else []
    for number, row in enumerate(result.rows, 1):
        if not row.ok:
            lines.append(f"{indent}row {number}{_lonely(row)}")
            lines += table(("column", "expected", "actual"), _cells(row), indent, color=color)
    return [*lines, *(f"{indent}note: {note}" for note in result.notes)]


def _lonely(row: RowResult) -> str:
    if row.actual is None:
        return ": expected, not there"
    return ": there, not expected" if row.expected is None else ""


def _cells(row: RowResult) -> list[Cells]:
    if row.actual is None or row.expected is None:
        only = row.expected if row.actual is None else row.actual
        left = row.actual is None
        texts = {name: cell(value) for name, value in (only or {}).items()}
        return [(False, (name, text if left else "", "" if left else text)) for name, text in texts.items()]
    wrong = {each.column: each for each in row.differences}
    lines: list[Cells] = []
    for name, value in row.expected.items():
        if name not in wrong:
            lines.append((True, (name, cell(value), cell(row.actual.get(name)))))
        else:
            actual = wrong[name].actual
            shown = (cell(value), "(not written by the transform)") if actual is ABSENT else apart(value, actual)
            lines.append((False, (name, *shown)))
    return lines
