"""A verification as an HTML page."""

from __future__ import annotations

from typing import Any

from provisioner.probes.arrival import Arrival, VerifyResult
from provisioner.reports.durations import format_seconds
from provisioner.reports.html_page import HtmlPage, Verdict, cell_text
from provisioner.text import plural


def verification_page(result: VerifyResult) -> HtmlPage:
    """The page of a verification: each flow with its rows, cell by cell, and why rows are missing."""
    failed = sum(not arrival.ok for arrival in result.streams)
    count = plural(len(result.streams), "flow")
    text = f"{failed} of {count} failed" if failed else f"{count} {'arrived' if result.sent else 'checked'}"
    variables = {
        "verdict": Verdict("bad" if failed else "good", text),
        "flows": [_flow_data(arrival) for arrival in result.streams],
        "notes": [*result.notes, *(f"without test rows: {table} {kql}" for table, kql in result.exclude)],
    }
    return HtmlPage("verify.html.j2", f"Verification {result.run_id}", variables)


def _flow_data(arrival: Arrival) -> dict[str, Any]:
    seconds = f" after {format_seconds(arrival.seconds)}" if arrival.seconds is not None and arrival.arrived else ""
    # Without a record sent, counts would say that rows are missing.
    counts = f" · {arrival.arrived} of {plural(arrival.sent, 'row')}{seconds}" if arrival.sent else ""
    unproven = [f"null in every row, so not proven: {', '.join(arrival.unproven)}"] if arrival.unproven else []
    return {
        "ok": arrival.ok,
        "stream": arrival.stream,
        "table": arrival.table,
        "dcr": arrival.dcr,
        "counts": counts,
        "diagnosis": arrival.diagnosis.json() if arrival.diagnosis else None,
        "rows": [
            [(cell.ok, cell.name, cell_text(cell.expected), cell_text(cell.arrived)) for cell in row.columns]
            for row in arrival.rows
        ],
        "notes": [*unproven, *arrival.notes],
    }
