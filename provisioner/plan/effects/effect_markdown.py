"""The effects on rows as Markdown: a table of the cells that differ; long values stand whole below it, folded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.plan.effects.effect_phrases import column_phrases, row_remark, rows_summary
from provisioner.plan.effects.flow_effect import CellEffect, FlowEffect, RowEffect
from provisioner.reports.markdown_blocks import code_block, code_span, folded
from provisioner.reports.markdown_table import markdown_table
from provisioner.reports.text_table import format_cell

_MAX_CELL = 120
"""Characters of a value in a table's cell; a longer one stands whole below the table."""


def effect_markdown(effect: FlowEffect) -> Iterator[str]:
    """What becomes of a flow's rows: a sentence, the table of differing cells, then the columns."""
    yield f"**{code_span(effect.label)}**: {code_span(effect.problem) if effect.problem else rows_summary(effect)}"
    yield ""
    if effect.rows:
        rows = [line for row in effect.rows for line in _row_lines(row)]
        yield from markdown_table(("record", "column", "before", "after"), rows)
        yield ""
    for row in effect.rows:
        for cell in row.differences:
            if _is_long(cell):
                yield from [*folded(*_long_cell(row, cell)), ""]
    phrases = list(column_phrases(effect))
    yield from (f"- {code_span(phrase)}" for phrase in phrases)
    if phrases:
        yield ""


def _row_lines(row: RowEffect) -> Iterator[tuple[str, str, str, str]]:
    name = code_span(row.record)
    if not row.differences:
        yield (name, row_remark(row, code_span), "", "")
    for cell in row.differences:
        # A table's cell cannot fold, and a long value would make its column unreadable.
        values = ("long, below", "long, below") if _is_long(cell) else (_cell(cell.before), _cell(cell.after))
        yield (name, code_span(cell.column), *values)


def _long_cell(row: RowEffect, cell: CellEffect) -> tuple[str, list[str]]:
    lines = [f"- {_whole(cell.before)}", f"+ {_whole(cell.after)}"]
    return "a long value", [f"{code_span(row.record)} {code_span(cell.column)}", "", *code_block(lines, "diff")]


def _is_long(cell: CellEffect) -> bool:
    return any(len(_whole(value)) > _MAX_CELL for value in (cell.before, cell.after))


def _cell(value: Any) -> str:
    return code_span(_whole(value))


def _whole(value: Any) -> str:
    return format_cell(value, width=None)
