"""Rows that arrived, or did not, as text and JUnit."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps
from typing import Any

from provisioner.probes.arrival import Arrival, Diagnosis, RowArrival, VerifyResult
from provisioner.reports.junit import Case
from provisioner.reports.junit import junit as xml
from provisioner.reports.text_table import Cells, apart, cell, paint, table
from provisioner.text import plural

_HEAD = ("column", "expected", "arrived")


def text(result: VerifyResult, *, color: bool = False, verbose: bool = False) -> str:
    """Each stream and table in a line, what is wrong in a table below it, and why."""
    painted = paint(color)
    lines: list[str] = []
    for each in result.streams:
        lines += _stream(each, sent=result.sent, color=color, verbose=verbose)
    lines += [painted(f"note: {note}", "dim") for note in result.notes]
    bad = sum(not each.ok for each in result.streams)
    lines.append(_summary(result, bad, color=color))
    if result.sent and result.exclude:
        lines.append(painted(f"test rows carry {result.run_id}; KQL that leaves all test rows out:", "dim"))
        lines += [painted(f"  {name} {kql}", "dim") for name, kql in result.exclude]
    return "\n".join(lines)


def data(result: VerifyResult) -> dict[str, Any]:
    """The public shape: contract, "verify"."""
    return {"version": 1, **result.json()}


def json(result: VerifyResult) -> str:
    """The public shape as text."""
    return dumps(data(result), indent=2, ensure_ascii=False)


def junit(result: VerifyResult) -> str:
    """A case for each stream and table."""
    return xml("verify", [_case(each, sent=result.sent) for each in result.streams])


def _stream(each: Arrival, *, sent: bool, color: bool, verbose: bool) -> list[str]:
    painted = paint(color)
    mark = painted("✓", "green") if each.ok else painted("✗", "red")
    lines = [f"{mark} {painted(f'{each.stream} → {each.table}', 'bold')}  via {each.dcr}{_counts(each, sent=sent)}"]
    for row in each.rows:
        if not row.ok or verbose:
            lines += _row(row, color=color)
    if each.diagnosis:
        lines += _diagnosis(each.diagnosis, color=color)
    if each.unproven and each.ok:
        lines.append(painted(f"    null in every row, so not proven: {', '.join(each.unproven)}", "dim"))
    lines += [painted(f"    note: {note}", "dim") for note in each.notes if verbose or not (sent and each.ok)]
    return lines


def _counts(each: Arrival, *, sent: bool) -> str:
    if not sent:
        return ""
    if not each.sent:
        return "  nothing sent" if not each.rows else "  not accepted"
    seconds = f" after {span(each.seconds)}" if each.seconds is not None and each.arrived else ""
    columns = len(each.rows[0].columns) if each.rows else 0
    whole = f", {columns} columns" if each.ok else ""
    return f"  {each.arrived} of {plural(each.sent, 'row')}{whole}{seconds}"


def _row(row: RowArrival, *, color: bool) -> list[str]:
    if not row.there:
        return []
    return table(_HEAD, list(_cells(row)), "    ", color=color)


def _cells(row: RowArrival) -> Iterator[Cells]:
    for each in row.columns:
        shown = (cell(each.expected), cell(each.arrived)) if each.ok else apart(each.expected, each.arrived)
        yield each.ok, (each.name, *shown)


def span(seconds: float) -> str:
    """Seconds in words, in milliseconds where they are few."""
    return f"{seconds * 1000:.0f} ms" if seconds < 0.1 else f"{seconds:.1f} s"


def _diagnosis(found: Diagnosis, *, color: bool) -> list[str]:
    painted = paint(color)
    return [
        f"    {painted(found.code, 'yellow')}: {found.message}",
        *(f"      - {line}" for line in found.evidence if line),
        f"    next: {found.next}",
    ]


def _summary(result: VerifyResult, bad: int, *, color: bool) -> str:
    painted = paint(color)
    count = len(result.streams)
    what = "arrived" if result.sent else "could be checked without sending"
    if not count:
        return "no stream to verify"
    if bad:
        return painted(f"{bad} of {plural(count, 'flow')} failed", "red")
    return painted(f"{plural(count, 'flow')} {what}", "green")


def _case(each: Arrival, *, sent: bool) -> Case:
    message = each.diagnosis.message if each.diagnosis else "not as foretold"
    detail = "\n".join(_stream(each, sent=sent, color=False, verbose=False))
    return Case(
        each.stream,
        f"{each.stream} → {each.table} via {each.dcr}",
        seconds=each.seconds or 0.0,
        failure=None if each.ok else (message, detail),
    )
