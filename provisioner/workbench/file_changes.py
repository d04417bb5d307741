"""What people keep from the page, as edits of their files: a transform, a sample, a test, an expectation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provisioner import kql
from provisioner.diagnostics import Edit, Span
from provisioner.model import Flow, Stream
from provisioner.project import Project
from provisioner.reports.text_table import trim_time
from provisioner.transform_tests.run import tested_streams
from provisioner.transform_tests.update import expectation_edits
from provisioner.transforms.table_columns import known_columns
from provisioner.transforms.transform_rows import transform_rows
from provisioner.workbench.draft_transforms import run_draft_tests
from provisioner.workbench.list_edits import NotEditable, append_edit
from provisioner.workbench.messages.edit_messages import ExpectationEdit

_MAX_TEST_RECORDS = 20


def find_flow(project: Project, stream_key: str, table: str) -> tuple[Stream, Flow]:
    """The flow of a stream into a table. Raises NotEditable where the manifest has none."""
    stream = tested_streams(project.manifest).get(stream_key)
    flow = next((flow for flow in stream.flows if flow.table == table), None) if stream else None
    if stream is None or flow is None:
        raise NotEditable(f"the manifest has no flow from {stream_key} to {table}")
    return stream, flow


def transform_edit(project: Project, stream_key: str, table: str, text: str) -> Edit | None:
    """The edit that makes a text the transform of a flow; None where it is that already. Raises NotEditable."""
    stream, flow = find_flow(project, stream_key, table)
    path = flow.path or stream.path
    if not flow.written:
        new = text.rstrip("\n")
        value = "|\n" + new if "\n" in new else new
        edit = project.document.insert(path, "transform", value)
    else:
        start, end, new = _changed_part(flow.transform, text)
        if start == end and not new:
            return None
        edit = project.document.edit((*path, "transform"), new, span=Span(start, end))
        if edit is None:
            edit = project.document.edit((*path, "transform"), text.rstrip("\n"))
    # A folded text has no characters of its own to replace, and a shared one would change elsewhere too.
    if edit is None:
        place = project.position_of((*path, "transform"))
        raise NotEditable(
            f"the transform at {place} is written so that it can only be changed there (folded or shared)"
        )
    return edit


def _changed_part(before: str, after: str) -> tuple[int, int, str]:
    """The characters of a text that differ, and what stands in their place."""
    # The final line break belongs to the block in the manifest, not to the transform.
    before_end, after = len(before.rstrip("\n")), after.rstrip("\n")
    before = before[:before_end]
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    tail = 0
    while tail < min(len(before), len(after)) - start and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return start, len(before) - tail, after[start : len(after) - tail]


def sample_edits(project: Project, stream_key: str, records: Sequence[Mapping[str, Any]]) -> list[Edit]:
    """The edits that keep a record as a sample of a stream. Raises NotEditable."""
    if len(records) != 1:
        raise NotEditable("one record at a time is kept as a sample: choose it")
    stream = tested_streams(project.manifest).get(stream_key)
    if stream is None:
        raise NotEditable(f"the manifest has no stream {stream_key}")
    return [append_edit(project.document, (*stream.path, "samples"), records[0])]


def new_test_edits(
    project: Project, stream_key: str, table: str, name: str, records: Sequence[Mapping[str, Any]], transform: str
) -> list[Edit]:
    """The edits that keep records and the rows that a transform makes of them as a test. Raises NotEditable."""
    stream, _ = find_flow(project, stream_key, table)
    if not name.strip():
        raise NotEditable("a test needs a name: what it shows, in a few words")
    if not 0 < len(records) <= _MAX_TEST_RECORDS:
        raise NotEditable(f"a test shows a few records, from 1 to {_MAX_TEST_RECORDS}: choose them")
    if any(test.name == name for test in stream.tests):
        raise NotEditable(f"the stream has a test called {name!r} already")
    # The transform as it is on the page: a test is kept together with the text that it is about.
    query, _ = kql.bind(transform, stream.columns.kql())
    if query is None:
        raise NotEditable("the transform has errors: a test of it would expect nothing")
    taken = known_columns(table, project.manifest)
    rows = [
        {
            column: trim_time(value) if isinstance(value, str) else value
            for column, value in row.items()
            if taken is None or column in taken
        }
        for row in transform_rows(query, records)
    ]
    # With one flow a list says enough, as people write it.
    expect: Any = rows if len(stream.flows) == 1 else {table: rows}
    test = {"name": name, "given": [dict(record) for record in records], "expect": expect}
    return [append_edit(project.document, (*stream.path, "tests"), test)]


def expected_edits(project: Project, request: ExpectationEdit) -> list[Edit]:
    """The edits that make a failed test expect the rows that come now. Raises NotEditable."""
    results = run_draft_tests(project, (request.stream,), request.drafts)
    failed = [result for result in results if result.name == request.test and not result.ok]
    edits = list(expectation_edits(project.document, failed))
    if not edits:
        raise NotEditable("this test expects what comes already, or fails for another reason than its rows")
    return edits
