"""The effects on rows as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.plan.effects.effect_phrases import column_phrases, row_remark, rows_summary
from provisioner.plan.effects.flow_effect import FlowEffect, RowEffect
from provisioner.reports.ansi_styles import painter
from provisioner.reports.text_table import aligned_lines, format_cell, format_difference
from provisioner.text import plural

_MAX_ROWS = 3
"""Records of a flow that are shown; all of them in detail and in the other formats."""
_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def effect_lines(effect: FlowEffect, *, color: bool, verbose: bool) -> Iterator[str]:
    """What becomes of a flow's rows: a line that counts, the records that differ, then the columns."""
    paint = painter(color)
    yield f"{paint(effect.label, 'bold')}: {rows_summary(effect)}"
    shown = effect.rows if verbose else effect.rows[:_MAX_ROWS]
    for row in shown:
        yield f"  {row.record} {row_remark(row, lambda condition: f'`{condition}`')}".rstrip()
        yield from (f"      {line}" for line in _cell_lines(row, whole=verbose))
    if len(effect.rows) > len(shown):
        yield f"  … and {plural(len(effect.rows) - len(shown), 'record')} more; -v shows all"
    yield from (f"  {phrase}" for phrase in column_phrases(effect))


def diff_lines(lines: list[str], *, color: bool) -> Iterator[str]:
    """The lines of a diff, added and removed ones in colours."""
    paint = painter(color)
    for number, line in enumerate(lines):
        # The first two lines name the sides.
        style = "bold" if number < 2 else _DIFF_STYLES.get(line[:1])
        yield paint(line, style) if style else line


def _cell_lines(row: RowEffect, *, whole: bool) -> list[str]:
    if not row.differences:
        return []
    cells = [
        (cell.column, *(map(_whole, pair) if whole else format_difference(*pair)))
        for cell in row.differences
        for pair in [(cell.before, cell.after)]
    ]
    return aligned_lines([("column", "before", "after"), *cells])


def _whole(value: object) -> str:
    return format_cell(value, width=None)
