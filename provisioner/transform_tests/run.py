"""Runs the transform tests of a manifest: records through the local evaluator, rows compared with the expected ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from provisioner.diagnostics import Diagnostic, Place, Span, has_failures
from provisioner.model import Flow, Manifest, ManifestPath, Stream, TransformTest
from provisioner.probes.expected_row import parse_time
from provisioner.transform_tests.result import TestResult
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.transforms.row_compare import ABSENT, RowResult, compare_rows
from provisioner.transforms.transform_rows import transform_rows
from provisioner.transforms.volatile_columns import nondeterministic_columns, server_side_columns

if TYPE_CHECKING:
    from provisioner.kql import Query
    from provisioner.load import Document

_MAX_DROPPED_RECORDS = 3
"""Records whose dropping condition is named in one reason; the reason stays a line."""


def run_transform_tests(
    source: Document | Manifest,
    streams: Sequence[str] = (),
    now: dt.datetime | None = None,
    *,
    transforms: BoundTransforms | None = None,
) -> tuple[TestResult, ...]:
    """Run the transform tests of a manifest; one result for each test and table, in the author's order.

    `streams` are keys, all where empty. `now` is the clock of tests that fix none (default: the present). `transforms`
    are shared with others that bind the same manifest. A document whose manifest has errors gives no results. Raises
    ValueError for a stream that the manifest does not have.
    """
    manifest = source if isinstance(source, Manifest) else source.manifest
    if manifest is None:
        return ()
    require_streams(tested_streams(manifest), streams)
    document = None if isinstance(source, Manifest) else source
    runner = _TestRunner(document, transforms or BoundTransforms(), now or dt.datetime.now(dt.UTC))
    # A stream may have the name of a table that the workspace transforms: the tests of both run then.
    tested = (*manifest.workspace_transforms.values(), *manifest.streams.values())
    selected = [stream for stream in tested if not streams or stream.key in streams]
    return tuple(result for stream in selected for result in runner.run_stream(stream))


def require_streams(declared: Collection[str], streams: Sequence[str]) -> None:
    """Raises ValueError for a key that is not declared: a run without it would prove nothing."""
    unknown = [key for key in streams if key not in declared]
    if unknown:
        raise ValueError(f"no stream {unknown[0]!r}; there are: {', '.join(declared) or 'none'}")


def tested_streams(manifest: Manifest) -> Mapping[str, Stream]:
    """What can have tests, by key: streams, and the tables of workspace transforms."""
    # A stream may be called as a table is: its tests are asked for by that name more often.
    return {**manifest.workspace_transforms, **manifest.streams}


class _TestRunner:
    """Runs the tests of one manifest with one clock."""

    def __init__(self, document: Document | None, transforms: BoundTransforms, now: dt.datetime) -> None:
        self._document = document
        self._transforms = transforms
        self._now = now

    def run_stream(self, stream: Stream) -> Iterator[TestResult]:
        for index, test in enumerate(stream.tests):
            if test.expect_error is not None:
                yield self._expect_error(stream, test, index)
                continue
            for table in test.expect or [flow.table for flow in stream.flows]:
                flow = next((flow for flow in stream.flows if flow.table == table), None)
                if flow is None:
                    yield self._result(stream, test, index, table, reason=f"no flow of the stream leads to {table}")
                else:
                    yield self._expect_rows(stream, test, index, flow)

    def _expect_rows(self, stream: Stream, test: TransformTest, index: int, flow: Flow) -> TestResult:
        query, diagnostics = self._transforms.bind(stream, flow)
        if query is None:
            errors = self._positioned(flow, [one for one in diagnostics if one.severity == "error"])
            reason = "the transform has errors"
            return self._result(stream, test, index, flow.table, diagnostics=errors, reason=reason)
        fixed_now = parse_time(test.now)
        if test.now is not None and fixed_now is None:
            return self._result(stream, test, index, flow.table, reason=f"now: {test.now!r} is not a time")
        now = fixed_now or self._now
        notes: dict[str, int] = {}
        actual = transform_rows(query, test.given, now, notes)
        # Under a fixed clock now() and ago() are the same in every run, so what they feed is compared by value.
        volatile = query.volatile if fixed_now is None else nondeterministic_columns(query)
        expected = test.expect.get(flow.table, ())
        rows = compare_rows(expected, actual, query.columns, volatile, unknown=server_side_columns(query))
        return self._result(
            stream,
            test,
            index,
            flow.table,
            rows=rows if flow.table in test.expect else (),
            reason=_failure_reason(rows, lambda: _dropping_conditions(query, test, now)),
            notes=tuple(notes),
        )

    def _expect_error(self, stream: Stream, test: TransformTest, index: int) -> TestResult:
        """A test that wants the transform refused, with a text that one of the errors must hold."""
        text = (test.expect_error or "").lower()
        errors: list[Diagnostic] = []
        for flow in stream.flows:
            query, diagnostics = self._transforms.bind(stream, flow)
            # The author does not say which flow has the error: one of them is enough.
            failures = [diagnostic for diagnostic in diagnostics if has_failures([diagnostic])]
            if query is None and any(text in f"{error.code} {error.message}".lower() for error in failures):
                return self._result(stream, test, index, flow.table)
            errors.extend(self._positioned(flow, failures))
        messages = "; ".join(error.message for error in errors) or "the transform has no errors"
        reason = f"expected an error with {test.expect_error!r}: {messages}"
        return self._result(stream, test, index, stream.flows[0].table, diagnostics=tuple(errors), reason=reason)

    def _result(
        self,
        stream: Stream,
        test: TransformTest,
        index: int,
        table: str,
        *,
        rows: tuple[RowResult, ...] = (),
        diagnostics: tuple[Diagnostic, ...] = (),
        reason: str | None = None,
        notes: tuple[str, ...] = (),
    ) -> TestResult:
        ok = reason is None and all(row.ok for row in rows)
        position = self._locate(test.path)
        return TestResult(stream.key, table, test.name, ok, index, rows, diagnostics, reason, position, notes)

    def _positioned(self, flow: Flow, diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The diagnostics of a transform's text, moved to where the author wrote it."""
        positioned = []
        for diagnostic in diagnostics:
            position = self._locate((*flow.path, "transform"), diagnostic.span)
            positioned.append(diagnostic if position is None else diagnostic.at(position))
        return tuple(positioned)

    def _locate(self, path: ManifestPath, span: Span | None = None) -> Place | None:
        return None if self._document is None else self._document.place(path, span=span)


def _dropping_conditions(query: Query, test: TransformTest, now: dt.datetime) -> str:
    """Which condition dropped which record; empty where none was dropped."""
    from provisioner import kql

    dropped = []
    for number, record in enumerate(test.given, 1):
        if (condition := kql.trace(query, record, now).dropped) is not None:
            dropped.append(f"`{' '.join(condition.text.split())}` dropped record {number}")
    return "; ".join(dropped[:_MAX_DROPPED_RECORDS])


def _failure_reason(rows: Sequence[RowResult], dropping_conditions: Callable[[], str]) -> str | None:
    """What is wrong in a line, naming columns; None where nothing is."""
    differences = [difference for row in rows for difference in row.differences]
    absent = dict.fromkeys(difference.column for difference in differences if difference.actual is ABSENT)
    wrong = dict.fromkeys(difference.column for difference in differences if difference.actual is not ABSENT)
    missing = sum(row.actual is None for row in rows)
    extra = sum(row.expected is None for row in rows)
    parts = [f"{name} is not written by the transform" for name in absent]
    parts += [f"{', '.join(wrong)} differ{'s' if len(wrong) == 1 else ''}"] if wrong else []
    # Tracing runs the transform again, record by record: only where a row is missing.
    dropped = dropping_conditions() if missing else ""
    parts += [f"{_rows_are(missing)} missing{f' ({dropped})' if dropped else ''}"] if missing else []
    parts += [f"{_rows_are(extra)} not expected"] if extra else []
    return "; ".join(parts) or None


def _rows_are(count: int) -> str:
    return "1 row is" if count == 1 else f"{count} rows are"
