"""What became of sent records, as text and as JSON values."""

from __future__ import annotations

import json
from collections.abc import Iterator

from provisioner.reports.ansi_styles import painter
from provisioner.reports.durations import format_seconds
from provisioner.reports.json_envelope import VERSION
from provisioner.reports.report_format import Views
from provisioner.send.send_result import SendResult, TableCount
from provisioner.text import plural

_MOST_LINES = 10
"""Dead records that a terminal shows; the file of dead letters has all of them."""


def format_text(result: SendResult, *, color: bool = False) -> str:
    """A summary for a terminal: counts, what is lost and why, and where dead records are."""
    paint = painter(color)
    lines = [_printable(f"{table}  {json.dumps(row, ensure_ascii=False)}") for table, row in result.rows]
    lines += _dead_lines(result)
    for reason, count in result.warnings.items():
        lines.append(f"{paint('warning', 'yellow')} {_printable(reason)}  ({plural(count, 'record')})")
    for reason, count in result.dropped.items():
        lines.append(f"{paint('dropped', 'yellow')} by the transform: {_printable(reason)}  ({plural(count, 'row')})")
    lines += [f"{paint('failed', 'red')} {_printable(failure)}" for failure in result.failures]
    lines += [paint(f"note: {_printable(note)}", "dim") for note in _notes(result)]
    lines += [_table_line(table) for table in result.tables if table.arrived is not None]
    lines.append(paint(_summary(result), "green" if result.ok else "red"))
    return "\n".join(lines)


def _dead_lines(result: SendResult) -> Iterator[str]:
    for dead in result.dead[:_MOST_LINES]:
        yield f"dead {_printable(dead.file)}:{dead.record}: {_printable(dead.reason)}"
    if result.dead_count > _MOST_LINES:
        yield f"… and {result.dead_count - _MOST_LINES:,} more"
    if result.dead_count and result.dead_letters is not None and not result.dry_run:
        yield f"dead records are in {result.dead_letters}"


def _notes(result: SendResult) -> Iterator[str]:
    yield from result.notes
    if result.skipped:
        yield f"{plural(result.skipped, 'record')} were settled by the run before and not sent again"
    if result.repeated:
        yield f"up to {plural(result.repeated, 'row')} may be stored twice: the service's answer was lost"


def _table_line(count: TableCount) -> str:
    more = "; others send there too, or rows are there twice" if (count.arrived or 0) > count.expected else ""
    return f"{count.table}: {count.arrived:,} of {plural(count.expected, 'row')} arrived{more}"


def _summary(result: SendResult) -> str:
    dropped = result.dropped.total
    parts = [f"{result.read:,} read"]
    parts.append(f"{result.read - result.dead_count:,} could be sent" if result.dry_run else f"{result.sent:,} sent")
    parts += [f"{dropped:,} of them will be dropped by the transform"] if dropped else []
    parts += [f"{result.dead_count:,} dead"] if result.dead_count else []
    rate = f" ({result.sent / result.seconds:,.0f} a second)" if result.sent and result.seconds > 1 else ""
    return f"{result.stream}: {', '.join(parts)} in {format_seconds(result.seconds)}{rate}"


def _printable(text: str) -> str:
    """A text of others for a terminal: control characters, which could move the cursor, as their codes."""
    return "".join(symbol if symbol.isprintable() else f"\\x{ord(symbol):02x}" for symbol in text)


VIEWS: Views[SendResult] = {
    "text": lambda result, options: format_text(result, color=options.color),
    "data": lambda result, _: {"version": VERSION, **result.json()},
}
