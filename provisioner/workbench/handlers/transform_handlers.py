"""Requests about records and transforms."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.model import Stream
from provisioner.project import Project
from provisioner.transform_tests.run import tested_streams
from provisioner.transforms.row_compare import compare_rows
from provisioner.workbench.language_socket import NO_LANGUAGE_SERVER, load_language_server
from provisioner.workbench.made_records import make_records
from provisioner.workbench.messages.transform_messages import (
    ComparisonResult,
    EditorAddress,
    EditorRequest,
    KeptRecords,
    RecordSet,
    RecordsText,
    RowPair,
    StepResult,
    StepRun,
    StreamRecords,
    TransformComparison,
    TransformResult,
    TransformRun,
)
from provisioner.workbench.transform_run import SHOWN_RECORDS, bind_columns, run_step, run_transform
from provisioner.workbench.workbench import Workbench


def read_records(workbench: Workbench, request: RecordsText) -> RecordSet:
    """Keep records that were pasted or dropped."""
    return workbench.records.add_text(request.text, request.name)


def kept_records(workbench: Workbench, request: KeptRecords) -> RecordSet:
    """The records of an id once more. Raises UnknownRecords."""
    return workbench.records.describe(request.id, whole=request.whole)


def stream_records(workbench: Workbench, request: StreamRecords) -> RecordSet:
    """Keep the samples of a stream, the records of one of its tests, or made ones. Raises LookupError."""
    stream = _stream(workbench.project, request.stream)
    records: Sequence[Mapping[str, Any]]
    if request.source == "samples":
        records = stream.samples
    elif request.source == "made":
        records = make_records(stream.columns, min(max(request.count, 1), 10_000))
    else:
        test = next((test for test in stream.tests if test.name == request.test), None)
        if test is None:
            raise LookupError(f"the stream {request.stream} has no test called {request.test!r}")
        records = test.given
    return workbench.records.add([dict(record) for record in records])


def open_editor(workbench: Workbench, request: EditorRequest) -> EditorAddress:
    """Prepare the language server for an editor; a problem instead of a socket where it is not installed."""
    # Here, on a worker: its import would keep the loop from answering anything else.
    if not load_language_server():
        return EditorAddress("", "", NO_LANGUAGE_SERVER)
    records = workbench.records.get(request.records) if request.records else ()
    root = workbench.project.document.root
    identifier = workbench.editors.add(root, request, records)
    document = workbench.editors.get(identifier)
    assert document is not None
    return EditorAddress(f"/lsp/{identifier}", document.uri)


def run(workbench: Workbench, request: TransformRun) -> TransformResult:
    """What a transform makes of records. Raises UnknownRecords, and ValueError for a `now` that is no time."""
    records = workbench.records.get(request.records)
    return run_transform(request.transform, request.columns, records, request.table_columns, request.now or None)


def show_step(workbench: Workbench, request: StepRun) -> StepResult:
    """The rows behind one step. Raises LookupError where the text cannot be read up to there."""
    records = workbench.records.get(request.records)
    result = run_step(request.transform, request.columns, records, request.step, request.now or None)
    if result is None:
        raise LookupError("the text up to this step has errors")
    return result


def compare(workbench: Workbench, request: TransformComparison) -> ComparisonResult:
    """The rows of a transform beside those of the saved one, or of the one in Azure. Raises CloudError."""
    # Imported late: looking at saved rows must not load Azure's SDKs.
    if request.against == "live":
        from provisioner.workbench.azure_transform import read_live_transform

        project = workbench.project_in(request.environment)
        before = read_live_transform(project, _stream(project, request.stream), request.table)
        if before is None:
            return _without_comparison("there is no such flow in Azure yet: apply writes it")
    else:
        flows = _stream(workbench.project, request.stream).flows
        before = next((flow.transform for flow in flows if flow.table == request.table), None)
        if before is None:
            return _without_comparison("the manifest has no such flow")
    return _compare_texts(before, request, workbench.records.get(request.records)[:SHOWN_RECORDS])


def _compare_texts(before: str, request: TransformComparison, records: Sequence[Mapping[str, Any]]) -> ComparisonResult:
    from provisioner.transforms.transform_rows import transform_rows

    old, new = bind_columns(before, request.columns), bind_columns(request.transform, request.columns)
    lines = difflib.unified_diff(before.splitlines(), request.transform.splitlines(), "before", "after", lineterm="")
    diff = "\n".join(lines)
    if old is None or new is None:
        which = "the one before" if old is None else "this one"
        return ComparisonResult(before, (), 0, diff, f"{which} has errors, so there are no rows to compare")
    pairs = []
    results = compare_rows(transform_rows(old, records), transform_rows(new, records), old.columns, new.volatile)
    for pair in results:
        names = tuple(difference.column for difference in pair.differences)
        # A column that only the new transform gives is a difference too, in every row.
        added = tuple(name for name in new.columns if name not in old.columns)
        pairs.append(RowPair(pair.expected, pair.actual, (*names, *added)))
    changed = sum(pair.before is None or pair.after is None or bool(pair.differences) for pair in pairs)
    return ComparisonResult(before, tuple(pairs), changed, diff, None)


def _without_comparison(problem: str) -> ComparisonResult:
    return ComparisonResult("", (), 0, "", problem)


def _stream(project: Project, key: str) -> Stream:
    stream = tested_streams(project.manifest).get(key)
    if stream is None:
        raise LookupError(f"the manifest has no stream called {key!r}")
    return stream
