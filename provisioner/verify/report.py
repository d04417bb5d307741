"""The result of a verification as text, and what the other formats of `verify` see of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.probes.arrival import Arrival, Diagnosis, RowArrival, VerifyResult
from provisioner.reports.ansi_styles import painter
from provisioner.reports.durations import format_seconds
from provisioner.reports.json_envelope import VERSION
from provisioner.reports.junit import JUnitSuite, JUnitTestCase
from provisioner.reports.report_format import Views
from provisioner.reports.text_table import TableLine, format_difference, format_pair, table_lines
from provisioner.text import plural
from provisioner.verify.verification_page import verification_page

_TABLE_HEAD = ("column", "expected", "arrived")


def format_text(result: VerifyResult, *, color: bool = False, verbose: bool = False) -> str:
    """A line for each stream and table, with what is wrong in a table below it, and why; `verbose`: all rows."""
    paint = painter(color)
    lines: list[str] = []
    for arrival in result.streams:
        lines += _arrival_lines(arrival, sent=result.sent, color=color, verbose=verbose)
    lines += [paint(f"note: {note}", "dim") for note in result.notes]
    lines.append(_summary(result, color=color))
    if result.sent and result.exclude:
        lines.append(paint(f"test rows carry {result.run_id}; KQL that leaves all test rows out:", "dim"))
        lines += [paint(f"  {table} {kql}", "dim") for table, kql in result.exclude]
    return "\n".join(lines)


def report_data(result: VerifyResult) -> dict[str, Any]:
    """The public shape: contract, "verify"."""
    return {"version": VERSION, **result.json()}


def junit_suite(result: VerifyResult) -> JUnitSuite:
    """A case for each stream and table."""
    return JUnitSuite("verify", tuple(_junit_case(arrival, sent=result.sent) for arrival in result.streams))


VIEWS: Views[VerifyResult] = {
    "text": lambda result, options: format_text(result, color=options.color, verbose=options.verbose),
    "data": lambda result, _: report_data(result),
    "junit_suite": lambda result, _: junit_suite(result),
    "page": lambda result, _: verification_page(result),
}


def _arrival_lines(arrival: Arrival, *, sent: bool, color: bool, verbose: bool) -> list[str]:
    paint = painter(color)
    mark = paint("✓", "green") if arrival.ok else paint("✗", "red")
    title = paint(f"{arrival.stream} → {arrival.table}", "bold")
    lines = [f"{mark} {title}  via {arrival.dcr}{_counts(arrival, sent=sent)}"]
    for row in arrival.rows:
        if row.arrived and (not row.ok or verbose):
            lines += table_lines(_TABLE_HEAD, list(_cell_lines(row, whole=verbose)), "    ", color=color)
    if arrival.diagnosis:
        lines += _diagnosis_lines(arrival.diagnosis, color=color)
    if arrival.unproven and arrival.ok:
        lines.append(paint(f"    null in every row, so not proven: {', '.join(arrival.unproven)}", "dim"))
    if verbose or not (sent and arrival.ok):
        lines += [paint(f"    note: {note}", "dim") for note in arrival.notes]
    return lines


def _counts(arrival: Arrival, *, sent: bool) -> str:
    if not sent:
        return ""
    if not arrival.sent:
        return "  nothing sent" if not arrival.rows else "  not accepted"
    seconds = f" after {format_seconds(arrival.seconds)}" if arrival.seconds is not None and arrival.arrived else ""
    columns = len(arrival.rows[0].columns) if arrival.rows else 0
    proven = f", {columns} columns" if arrival.ok else ""
    return f"  {arrival.arrived} of {plural(arrival.sent, 'row')}{proven}{seconds}"


def _cell_lines(row: RowArrival, *, whole: bool) -> Iterator[TableLine]:
    for column in row.columns:
        if column.ok:
            yield True, (column.name, *format_pair(column.expected, column.arrived, whole=whole))
        else:
            yield False, (column.name, *format_difference(column.expected, column.arrived, whole=whole))


def _diagnosis_lines(diagnosis: Diagnosis, *, color: bool) -> list[str]:
    return [
        f"    {painter(color)(diagnosis.code, 'yellow')}: {diagnosis.message}",
        *(f"      - {line}" for line in diagnosis.evidence if line),
        f"    next: {diagnosis.next}",
    ]


def _summary(result: VerifyResult, *, color: bool) -> str:
    paint = painter(color)
    count = len(result.streams)
    failed = sum(not arrival.ok for arrival in result.streams)
    if not count:
        return "no stream to verify"
    if failed:
        return paint(f"{failed} of {plural(count, 'flow')} failed", "red")
    if not result.sent:
        return paint(f"{plural(count, 'flow')} could be checked without sending", "green")
    unproven = [f"{arrival.table}.{column}" for arrival in result.streams for column in arrival.unproven]
    # A null tells nothing of whether a value would have arrived: "arrived" alone would promise too much.
    if unproven:
        return paint(
            f"{plural(count, 'flow')} arrived; not proven, as null in every row: {', '.join(unproven)}", "yellow"
        )
    return paint(f"{plural(count, 'flow')} arrived", "green")


def _junit_case(arrival: Arrival, *, sent: bool) -> JUnitTestCase:
    message = arrival.diagnosis.message if arrival.diagnosis else "not as expected"
    detail = "\n".join(_arrival_lines(arrival, sent=sent, color=False, verbose=False))
    return JUnitTestCase(
        arrival.stream,
        f"{arrival.stream} → {arrival.table} via {arrival.dcr}",
        seconds=arrival.seconds or 0.0,
        failure=None if arrival.ok else (message, detail),
    )
