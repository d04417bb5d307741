"""Transform tests: records given, rows expected, nothing but the local evaluator in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from provisioner.diagnostics import Diagnostic, Place, Span, has_failures
from provisioner.model import Flow, Manifest, Stream, TransformTest
from provisioner.probes.expected_row import looked_up, unforeseeable
from provisioner.transform_tests.result import TestResult
from provisioner.transforms.row_compare import ABSENT, RowResult, compare
from provisioner.transforms.transform_rows import Transforms, rows

if TYPE_CHECKING:
    from provisioner.kql import Query
    from provisioner.load import Document

Path = tuple[str | int, ...]


def run_transform_tests(
    source: Document | Manifest, streams: Sequence[str] = (), now: dt.datetime | None = None
) -> tuple[TestResult, ...]:
    """Run the transform tests of a manifest; one result for each test and table, in the author's order.

    `streams` are keys, all where empty. `now` is the clock of tests that fix none (default: the present). A document
    whose manifest has errors gives no results. Raises ValueError for a stream that is not there.
    """
    manifest = source if isinstance(source, Manifest) else source.manifest
    if manifest is None:
        return ()
    require(manifest, streams)
    document = None if isinstance(source, Manifest) else source
    runner = _Runner(document, Transforms(), now or dt.datetime.now(dt.UTC))
    chosen = [stream for key, stream in manifest.streams.items() if not streams or key in streams]
    return tuple(result for stream in chosen for result in runner.stream(stream))


def require(manifest: Manifest, streams: Sequence[str]) -> None:
    """Raises ValueError for a key under which the manifest has no stream: nothing would be proved of it."""
    unknown = [key for key in streams if key not in manifest.streams]
    if unknown:
        raise ValueError(f"no stream {unknown[0]!r}; there are: {', '.join(manifest.streams) or 'none'}")


class _Runner:
    """The tests of one manifest, run with one clock and each transform bound once."""

    def __init__(self, document: Document | None, transforms: Transforms, now: dt.datetime) -> None:
        self._document = document
        self._transforms = transforms
        self._now = now

    def stream(self, stream: Stream) -> Iterator[TestResult]:
        for position, test in enumerate(stream.tests):
            if test.expect_error is not None:
                yield self._error(stream, test, position)
                continue
            for table in test.expect or [flow.table for flow in stream.flows]:
                flow = next((each for each in stream.flows if each.table == table), None)
                if flow is None:
                    yield self._result(stream, test, position, table, reason=f"no flow of the stream leads to {table}")
                else:
                    yield self._flow(stream, test, position, flow)

    def _flow(self, stream: Stream, test: TransformTest, position: int, flow: Flow) -> TestResult:
        query, diagnostics = self._transforms.bind(stream, flow)
        if query is None:
            placed = self._placed(stream, flow, [each for each in diagnostics if each.severity == "error"])
            return self._result(
                stream, test, position, flow.table, diagnostics=placed, reason="the transform has errors"
            )
        now = _instant(test.now)
        if test.now is not None and now is None:
            return self._result(stream, test, position, flow.table, reason=f"now: {test.now!r} is not a time")
        notes: dict[str, int] = {}
        actual = rows(query, test.given, now or self._now, notes)
        loose = query.volatile if now is None else unforeseeable(query)
        compared = compare(test.expect.get(flow.table, ()), actual, query.columns, loose, unknown=looked_up(query))
        return self._result(
            stream,
            test,
            position,
            flow.table,
            rows=compared if flow.table in test.expect else (),
            reason=_reason(compared, lambda: _dropped(query, test, now or self._now)),
            notes=tuple(notes),
        )

    def _error(self, stream: Stream, test: TransformTest, position: int) -> TestResult:
        """A test that wants the transform refused, with a text that one of the errors must hold."""
        wanted = (test.expect_error or "").lower()
        errors: list[Diagnostic] = []
        for flow in stream.flows:
            query, diagnostics = self._transforms.bind(stream, flow)
            found = [each for each in diagnostics if has_failures([each])]
            if query is None and any(wanted in f"{each.code} {each.message}".lower() for each in found):
                return self._result(stream, test, position, flow.table)
            errors.extend(self._placed(stream, flow, found))
        said = "; ".join(each.message for each in errors) or "the transform has no errors"
        reason = f"expected an error with {test.expect_error!r}: {said}"
        return self._result(stream, test, position, stream.flows[0].table, diagnostics=tuple(errors), reason=reason)

    def _result(
        self,
        stream: Stream,
        test: TransformTest,
        position: int,
        table: str,
        *,
        rows: tuple[RowResult, ...] = (),
        diagnostics: tuple[Diagnostic, ...] = (),
        reason: str | None = None,
        notes: tuple[str, ...] = (),
    ) -> TestResult:
        ok = reason is None and all(row.ok for row in rows)
        place = self._place(("streams", stream.key, "tests", position))
        return TestResult(stream.key, table, test.name, ok, position, rows, diagnostics, reason, place, notes)

    def _placed(self, stream: Stream, flow: Flow, diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
        path: Path = ("streams", stream.key)
        if len(stream.flows) > 1:
            path = (*path, "flows", stream.flows.index(flow))
        return tuple(
            each if (place := self._place((*path, "transform"), each.span)) is None else each.at(place)
            for each in diagnostics
        )

    def _place(self, path: Path, span: Span | None = None) -> Place | None:
        return None if self._document is None else self._document.place(path, span=span)


def _instant(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    from provisioner.kql import values

    ticks = values.parse_datetime(text)
    return None if ticks is None else values.ticks_to_python(ticks)


def _dropped(query: Query, test: TransformTest, now: dt.datetime) -> str:
    """Which condition dropped which record, in words; empty where none was dropped."""
    from provisioner import kql

    told = []
    for number, record in enumerate(test.given, 1):
        if (where := kql.trace(query, record, now).dropped) is not None:
            told.append(f"`{' '.join(where.text.split())}` dropped record {number}")
    return "; ".join(told[:3])


def _reason(compared: Sequence[RowResult], why: Callable[[], str]) -> str | None:
    """What is wrong in a line, naming columns; None where nothing is."""
    absent = {each.column: None for row in compared for each in row.differences if each.actual is ABSENT}
    wrong = {each.column: None for row in compared for each in row.differences if each.actual is not ABSENT}
    missing = sum(row.actual is None for row in compared)
    extra = sum(row.expected is None for row in compared)
    parts = [f"{name} is not written by the transform" for name in absent]
    parts += [f"{', '.join(wrong)} differ{'s' if len(wrong) == 1 else ''}"] if wrong else []
    dropped = why() if missing else ""
    parts += [f"{_rows(missing)} missing{f' ({dropped})' if dropped else ''}"] if missing else []
    parts += [f"{_rows(extra)} not expected"] if extra else []
    return "; ".join(parts) or None


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count} rows are"
