"""Results of transform tests as an HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from provisioner.reports.html_page import HtmlPage, Verdict, cell_text
from provisioner.text import plural
from provisioner.transform_tests.result import TestResult
from provisioner.transforms.row_compare import RowResult


def transform_test_page(results: Sequence[TestResult]) -> HtmlPage:
    """The page of a run: each test with its rows, cell by cell."""
    failed = sum(not result.ok for result in results)
    passed = f"{len(results) - failed} of {plural(len(results), 'test')} passed"
    text = f"{failed} failed, {passed}" if failed else passed if results else "no transform tests"
    variables = {
        "verdict": Verdict("bad" if failed else "good", text),
        "tests": [_test_data(result) for result in results],
    }
    return HtmlPage("test.html.j2", "Transform tests", variables)


def _test_data(result: TestResult) -> dict[str, Any]:
    return {
        "ok": result.ok,
        "name": result.name,
        "flow": f"{result.stream} → {result.table}",
        "place": f"{result.place.file}:{result.place.line}" if result.place else None,
        "reason": result.reason,
        "rows": [list(_cells(row)) for row in result.rows],
        "notes": [*(f"{one.code} {one.message}" for one in result.diagnostics), *result.notes],
    }


def _cells(row: RowResult) -> Iterator[tuple[bool, str, str | None, str | None]]:
    """Each cell: whether it is as expected, its column, the expected and the actual value."""
    # A row without a partner has values on one side alone.
    if row.expected is None or row.actual is None:
        for name, value in (row.expected or row.actual or {}).items():
            yield (False, name, *((cell_text(value), None) if row.actual is None else (None, cell_text(value))))
        return
    differing = {difference.column: difference for difference in row.differences}
    for name, value in row.expected.items():
        actual = differing[name].actual if name in differing else row.actual.get(name)
        yield name not in differing, name, cell_text(value), cell_text(actual)
