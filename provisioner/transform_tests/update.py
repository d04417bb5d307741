"""Expectations rewritten to what the transforms give now, in the author's files and layout."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Edit
from provisioner.reports.text_table import brief
from provisioner.transform_tests.result import TestResult
from provisioner.transforms.bound_transforms import columns_of
from provisioner.transforms.row_compare import ABSENT, RowResult

if TYPE_CHECKING:
    from provisioner.load import Document

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def update(document: Document, results: Sequence[TestResult]) -> tuple[Edit, ...]:
    """The edits that make failed tests expect what was found.

    Only the columns that the author names are written, all of them where a row is new; a column that the transform
    does not write any more goes. Tests that failed for another reason than their rows are left alone.
    """
    found = [edit for result in results for edit in _edits(document, result)]
    return tuple(found)


def write(edits: Iterable[Edit]) -> int:
    """Write edits back into their files; how many there were."""
    from provisioner.validate import source_files

    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        assert edit.file is not None
        by_file.setdefault(edit.file, []).append(edit)
    for file, own in by_file.items():
        text = source_files.read(file)
        for edit in sorted(own, key=lambda each: each.span, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        source_files.write(file, text)
    return sum(map(len, by_file.values()))


def _edits(document: Document, result: TestResult) -> Iterator[Edit]:
    if result.ok or result.diagnostics or not any(not row.ok for row in result.rows):
        return
    path: tuple[str | int, ...] = ("streams", result.stream, "tests", result.position, "expect")
    if document.explicit((*path, result.table)):
        path = (*path, result.table)
    cells = list(_cells(document, path, result.rows))
    if all(edit is not None for edit in cells):
        yield from (edit for edit in cells if edit is not None)
        return
    known = columns_of(result.table, document.manifest) if document.manifest else None
    whole = _whole(document, path, [_row(row, known) for row in result.rows if row.actual is not None])
    if whole is not None:
        yield whole


def _cells(document: Document, path: tuple[str | int, ...], rows: Sequence[RowResult]) -> Iterator[Edit | None]:
    """One edit for each differing cell; None where the rows themselves change or a cell is no plain scalar."""
    for number, row in enumerate(rows):
        if row.expected is None or row.actual is None:
            yield None
            return
        for each in row.differences:
            like = type(each.expected) is type(each.actual) and isinstance(each.actual, (str, int, float, bool))
            text = brief(each.actual) if isinstance(each.actual, str) else json.dumps(each.actual) if like else ""
            yield document.edit((*path, number, each.column), text) if like else None


def _row(row: RowResult, known: Collection[str] | None) -> dict[str, Any]:
    """The row to expect; of a new one what the table takes, for Azure drops the rest."""
    assert row.actual is not None
    if row.expected is None:
        return {name: value for name, value in row.actual.items() if known is None or name in known}
    changed = {each.column: each.actual for each in row.differences}
    kept = {name: changed.get(name, value) for name, value in row.expected.items()}
    return {name: value for name, value in kept.items() if value is not ABSENT}


def _whole(document: Document, path: tuple[str | int, ...], rows: Sequence[Mapping[str, Any]]) -> Edit | None:
    """The whole list anew: a row to a line where the author wrote it so, else in one line."""
    flows = [f"{{{', '.join(f'{_key(name)}: {flow(value)}' for name, value in row.items())}}}" for row in rows]
    if document.places is None:
        return None
    found = document.places.find(path)
    if found.rest:
        return document.insert(path[:-1], str(path[-1]), f"[{', '.join(flows)}]")
    node = found.node
    if found.shared:
        return None
    text, start = node.source.text, node.start
    end = start + len(text[start : node.end].rstrip())
    if text[start] in "[{" or not flows:
        return Edit(node.source.span(start, end), f"[{', '.join(flows)}]", node.source.name)
    indent = " " * (start - (text.rfind("\n", 0, start) + 1))
    lines = f"{node.source.newline}{indent}".join(f"- {each}" for each in flows)
    return Edit(node.source.span(start, end), lines, node.source.name)


def flow(value: Any) -> str:
    """A JSON value as YAML in one line: JSON is YAML."""
    return json.dumps(brief(value) if isinstance(value, str) else value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name.lower() not in _WORDS else json.dumps(name, ensure_ascii=False)
