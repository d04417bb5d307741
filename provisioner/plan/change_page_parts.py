"""Parts of HTML pages that plan and drift share: transforms as diffs, properties, and what becomes of rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provisioner.plan.change import Delta
from provisioner.plan.delta_text import Sides, is_query, query_diff, short_path, value_text
from provisioner.plan.effects.effect_phrases import column_phrases, row_remark, rows_summary
from provisioner.plan.effects.flow_effect import FlowEffect
from provisioner.reports.html_page import cell_text
from provisioner.resources import TypeName

_LINE_KINDS = {"+": "add", "-": "del", "@": "hunk"}


def diff_data(type_name: TypeName, deltas: Iterable[Delta], sides: Sides) -> list[list[tuple[str | None, str]]]:
    """The line diffs of changed transforms, each line with its kind; the first two lines name the sides."""
    return [
        [
            (None if number < len(sides) else _LINE_KINDS.get(line[:1]), line)
            for number, line in enumerate(query_diff(type_name, delta, sides))
        ]
        for delta in deltas
        if is_query(type_name, delta)
    ]


def property_data(type_name: TypeName, deltas: Iterable[Delta]) -> list[tuple[str, str | None, str | None]]:
    """The path of each other property, and its values as text; None where a side has none."""
    return [
        (
            short_path(delta.path),
            None if delta.before is None else value_text(delta.before),
            None if delta.after is None else value_text(delta.after),
        )
        for delta in deltas
        if not is_query(type_name, delta)
    ]


def effect_data(effect: FlowEffect) -> dict[str, Any]:
    """What becomes of a flow's rows, as the template's macro shows it."""
    return {
        "label": effect.label,
        "summary": rows_summary(effect),
        "phrases": list(column_phrases(effect)),
        "rows": [
            {
                "record": row.record,
                "remark": row_remark(row, lambda condition: f"“{condition}”"),
                "cells": [(cell.column, cell_text(cell.before), cell_text(cell.after)) for cell in row.differences],
            }
            for row in effect.rows
        ],
    }
