"""The effects on rows in words, for every form of report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from provisioner.plan.effects.flow_effect import ColumnEffect, FlowEffect, RowEffect
from provisioner.text import plural


def rows_summary(effect: FlowEffect) -> str:
    """How many of the author's records get another row, are dropped or are kept from now on."""
    if effect.problem:
        return effect.problem
    if not effect.records:
        return "no samples: nothing shows what this does to rows"
    if not effect.rows:
        return f"No sample shows a difference ({plural(effect.records, 'record')})"
    counts = {
        kind: len({row.record for row in effect.rows if row.kind == kind}) for kind in ("changed", "dropped", "kept")
    }
    # The first count names the whole, the others follow it.
    phrases = [_COUNTED[kind][count != 1].format(count) for kind, count in counts.items() if count]
    first, *rest = phrases
    return ", ".join(
        [first.replace("*", f" of {plural(effect.records, 'record')}"), *(one.replace("*", "") for one in rest)]
    )


_COUNTED = {
    "changed": ("{}* gives another row", "{}* give another row"),
    "dropped": ("{}* is dropped now", "{}* are dropped now"),
    "kept": ("{}* is kept now", "{}* are kept now"),
}
"""What becomes of one record and of several; the star stands for the number of all."""


def row_remark(row: RowEffect, quote: Callable[[str], str]) -> str:
    """What becomes of a record as a whole; empty where only cells differ. `quote` sets a condition apart."""
    if row.kind == "changed":
        return ""
    condition = quote(row.dropped_by) if row.dropped_by else None
    if row.kind == "dropped":
        return f"is dropped now, by {condition}" if condition else "gives a row less"
    return f"is kept now; {condition} dropped it" if condition else "gives a row more"


def column_phrases(effect: FlowEffect) -> Iterator[str]:
    """A phrase for each column that differs or loses values."""
    for column, count in effect.nulls.items():
        # A column that no row has any more is told below.
        if not any(one.column == column and one.aspect == "written" for one in effect.columns):
            yield f"{column} becomes null in {plural(count, 'row')}"
    for one in effect.columns:
        yield _PHRASES[one.aspect](one)


def _written(one: ColumnEffect) -> str:
    if one.after is None:
        return f"{one.column} ({one.before}) is written no longer: null from then on"
    return f"{one.column} ({one.after}) is written now"


def _type(one: ColumnEffect) -> str:
    return f"{one.column} changes its type: {one.before} -> {one.after}"


def _table(one: ColumnEffect) -> str:
    return f"the table's column {one.column}: {one.before} -> {one.after}"


def _lineage(one: ColumnEffect) -> str:
    return f"{one.column} comes from {_sources(one.after)}, before from {_sources(one.before)}"


def _sources(columns: str | tuple[str, ...] | None) -> str:
    return ", ".join(columns) if columns else "no column"


def _read(one: ColumnEffect) -> str:
    return f"the stream's column {one.column} is read {'no longer' if one.after is None else 'now'}"


def _member(one: ColumnEffect) -> str:
    holders = f"; {plural(one.records, 'record')} hold{'s' if one.records == 1 else ''} it" if one.records else ""
    if one.after is None:
        return f"what senders send as {one.column} is dropped{holders}"
    if one.before is None:
        return f"senders may send {one.column} ({one.after}){holders}"
    return f"senders must send {one.column} as {one.after}, not {one.before}{holders}"


_PHRASES = {
    "written": _written,
    "type": _type,
    "lineage": _lineage,
    "read": _read,
    "member": _member,
    "table": _table,
}
