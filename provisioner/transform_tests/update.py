"""Expectations of failed tests rewritten to what the transforms give now, in the author's files and layout."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Edit
from provisioner.reports.text_table import trim_time
from provisioner.transform_tests.result import TestResult
from provisioner.transforms.row_compare import ABSENT, RowResult
from provisioner.transforms.table_columns import known_columns

if TYPE_CHECKING:
    from provisioner.load import Document

YamlPath = tuple[str | int, ...]
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_YAML_KEYWORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def expectation_edits(document: Document, results: Sequence[TestResult]) -> tuple[Edit, ...]:
    """The edits that make failed tests expect the actual rows.

    Only the columns that the author names are written, all of them where a row is new; a column that the transform
    does not write any more goes. Tests that failed for another reason than their rows stay as they are.
    """
    return tuple(edit for result in results for edit in _result_edits(document, result))


def write_edits(edits: Iterable[Edit]) -> int:
    """Write edits back into their files. Returns how many there were."""
    from provisioner.validate import source_files

    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        assert edit.file is not None
        by_file.setdefault(edit.file, []).append(edit)
    for file, file_edits in by_file.items():
        text = source_files.read_source(file)
        # From the end, so that the spans before an edit stay right.
        for edit in sorted(file_edits, key=lambda edit: edit.span, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        source_files.write_source(file, text)
    return sum(map(len, by_file.values()))


def _result_edits(document: Document, result: TestResult) -> Iterator[Edit]:
    if result.ok or result.diagnostics or all(row.ok for row in result.rows):
        return
    path: YamlPath = ("streams", result.stream, "tests", result.position, "expect")
    if document.explicit((*path, result.table)):
        path = (*path, result.table)
    cell_edits = list(_cell_edits(document, path, result.rows))
    if all(edit is not None for edit in cell_edits):
        yield from (edit for edit in cell_edits if edit is not None)
        return
    columns = known_columns(result.table, document.manifest) if document.manifest else None
    rows = [_row_to_expect(row, columns) for row in result.rows if row.actual is not None]
    list_edit = _list_edit(document, path, rows)
    if list_edit is not None:
        yield list_edit


def _cell_edits(document: Document, path: YamlPath, rows: Sequence[RowResult]) -> Iterator[Edit | None]:
    """One edit for each differing cell; None where a row comes or goes, or a cell changes its type."""
    for number, row in enumerate(rows):
        if row.expected is None or row.actual is None:
            yield None
            return
        for difference in row.differences:
            actual = difference.actual
            # Another type may need other quotes, so the whole list is written then.
            same_type = type(difference.expected) is type(actual) and isinstance(actual, (str, int, float, bool))
            text = trim_time(actual) if isinstance(actual, str) else json.dumps(actual) if same_type else ""
            yield document.edit((*path, number, difference.column), text) if same_type else None


def _row_to_expect(row: RowResult, columns: Collection[str] | None) -> dict[str, Any]:
    """The row to expect: the columns that the author names, or all that the table takes where the row is new."""
    assert row.actual is not None
    if row.expected is None:
        # Azure drops what the table has no column for, so it is not to be expected.
        return {name: value for name, value in row.actual.items() if columns is None or name in columns}
    changed = {difference.column: difference.actual for difference in row.differences}
    updated = {name: changed.get(name, value) for name, value in row.expected.items()}
    return {name: value for name, value in updated.items() if value is not ABSENT}


def _list_edit(document: Document, path: YamlPath, rows: Sequence[Mapping[str, Any]]) -> Edit | None:
    """Rewrites the whole list: a row to a line where the author wrote it so, else all in one line."""
    flows = [
        f"{{{', '.join(f'{_yaml_key(name)}: {_flow_yaml(value)}' for name, value in row.items())}}}" for row in rows
    ]
    if document.source_map is None:
        return None
    located = document.source_map.lookup(path)
    if located.rest:
        return document.insert(path[:-1], str(path[-1]), f"[{', '.join(flows)}]")
    # A node that an anchor shares is the expectation of other tests as well.
    if located.shared:
        return None
    node = located.node
    text, start = node.source.text, node.start
    # A block node reaches to the next key, blank lines and all.
    end = start + len(text[start : node.end].rstrip())
    if text[start] in "[{" or not flows:
        return Edit(node.source.span(start, end), f"[{', '.join(flows)}]", node.source.name)
    indent = " " * (start - (text.rfind("\n", 0, start) + 1))
    lines = f"{node.source.newline}{indent}".join(f"- {flow}" for flow in flows)
    return Edit(node.source.span(start, end), lines, node.source.name)


def _flow_yaml(value: Any) -> str:
    """A JSON value as YAML in one line: JSON is YAML."""
    return json.dumps(trim_time(value) if isinstance(value, str) else value, ensure_ascii=False)


def _yaml_key(name: str) -> str:
    plain = _PLAIN_KEY.fullmatch(name) and name.lower() not in _YAML_KEYWORDS
    return name if plain else json.dumps(name, ensure_ascii=False)
