"""What the change of one flow means for its rows, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Row = Mapping[str, Any]
Aspect = Literal["written", "type", "lineage", "read", "member", "table"]
"""What of a column differs. written: whether the transform gives it · type: its type in the rows · lineage: the columns
of the stream that it comes from · read: whether the transform uses a column of the stream · member: whether the stream
declares a member of records, and its type · table: the type that the table gives it."""


@dataclass(frozen=True, slots=True)
class CellEffect:
    """One cell of a stored row before and after, as JSON values; a row without the column has null there."""

    column: str
    before: Any
    after: Any

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "differences"."""
        return {"column": self.column, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class RowEffect:
    """What becomes of one record: its row before and after, None where the transform drops it.

    `record` names the author's record for people. `dropped_by` is the `where` of the side that drops it.
    """

    record: str
    before: Row | None
    after: Row | None
    differences: tuple[CellEffect, ...] = ()
    dropped_by: str | None = None

    @property
    def kind(self) -> Literal["changed", "dropped", "kept"]:
        """Whether the row has other values, is dropped from now on, or was dropped so far."""
        if self.after is None:
            return "dropped"
        return "kept" if self.before is None else "changed"

    def reversed(self) -> RowEffect:
        """The effect of the opposite change."""
        cells = tuple(CellEffect(cell.column, cell.after, cell.before) for cell in self.differences)
        return RowEffect(self.record, self.after, self.before, cells, self.dropped_by)


@dataclass(frozen=True, slots=True)
class ColumnEffect:
    """One aspect of a column that differs whatever the records: a type, the columns of its lineage, or a flag.

    None stands for a side that lacks it. `records` counts the author's records that hold a value there, where that says
    who is concerned.
    """

    aspect: Aspect
    column: str
    before: str | tuple[str, ...] | None
    after: str | tuple[str, ...] | None
    records: int | None = None

    def reversed(self) -> ColumnEffect:
        """The effect of the opposite change."""
        return replace(self, before=self.after, after=self.before)

    def json(self) -> dict[str, Any]:
        """The public shape of one entry of "columns"."""
        return {
            "aspect": self.aspect,
            "column": self.column,
            "before": list(self.before) if isinstance(self.before, tuple) else self.before,
            "after": list(self.after) if isinstance(self.after, tuple) else self.after,
            "records": self.records,
        }


@dataclass(frozen=True, slots=True)
class FlowEffect:
    """What becomes of a flow: both transforms in the standard layout, the rows and the columns that differ.

    `before` and `after` are equal where only columns of the stream or the table change. `records` counts the author's
    samples and test records that both transforms were run over. `problem` says why rows could not be compared.
    """

    stream: str
    table: str
    before: str
    after: str
    rows: tuple[RowEffect, ...] = ()
    columns: tuple[ColumnEffect, ...] = ()
    records: int = 0
    problem: str | None = None

    @property
    def transform_differs(self) -> bool:
        """Whether the transforms say something else, their layout apart."""
        return self.before != self.after

    @property
    def label(self) -> str:
        """The flow as people name it."""
        return f"{self.stream} → {self.table}"

    @property
    def nulls(self) -> Mapping[str, int]:
        """Column → how many rows lose their value in it."""
        lost = [cell.column for row in self.rows for cell in row.differences if is_null(cell.after)]
        return {column: lost.count(column) for column in dict.fromkeys(lost)}

    def reversed(self) -> FlowEffect:
        """The effect of the opposite change."""
        return replace(
            self,
            before=self.after,
            after=self.before,
            rows=tuple(row.reversed() for row in self.rows),
            columns=tuple(column.reversed() for column in self.columns),
        )

    def row_data(self) -> list[dict[str, Any]]:
        """The public shape: contract, "rows"."""
        return [
            {
                "stream": self.stream,
                "table": self.table,
                "sample": row.record,
                "effect": row.kind,
                "before": None if row.before is None else dict(row.before),
                "after": None if row.after is None else dict(row.after),
                "differences": [cell.json() for cell in row.differences],
                "dropped_by": row.dropped_by,
            }
            for row in self.rows
        ]

    def json(self) -> dict[str, Any]:
        """The public shape of one entry of "flows"."""
        return {
            "stream": self.stream,
            "table": self.table,
            "before": self.before,
            "after": self.after,
            "records": self.records,
            "nulls": dict(self.nulls),
            "columns": [column.json() for column in self.columns],
            "problem": self.problem,
        }


def is_null(value: Any) -> bool:
    """Whether a JSON value is null in a row: a string is never null in KQL, its null is the empty text."""
    return value is None or value == ""
