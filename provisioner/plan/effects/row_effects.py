"""What becomes of the author's records: the rows of the live and the desired transform, cell by cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from provisioner.kql import values
from provisioner.model import Columns, Record, Stream
from provisioner.plan.effects.flow_effect import CellEffect, Row, RowEffect, is_null
from provisioner.transforms.row_compare import cells_equal, compare_rows, json_values_equal
from provisioner.transforms.transform_rows import transform_rows
from provisioner.transforms.volatile_columns import nondeterministic_columns

if TYPE_CHECKING:
    from provisioner.kql import Query, RecordTracer


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A record of the author with a name for people and the clock of its run."""

    name: str
    record: Record
    now: dt.datetime | str


class TransformSide:
    """One of the two transforms: its query, and the columns of the table that keep what it gives (None: all)."""

    def __init__(self, query: Query, table_columns: Columns | None) -> None:
        self.query = query
        self.types = {
            name: type_ for name, type_ in query.columns.items() if table_columns is None or name in table_columns
        }
        """The columns that rows keep, with KQL's types."""

    def rows(self, one: NamedRecord) -> list[Row]:
        """The rows of a record as the table keeps them."""
        rows = transform_rows(self.query, [one.record], one.now)
        return [{name: value for name, value in row.items() if name in self.types} for row in rows]

    def dropping_condition(self, one: NamedRecord) -> str | None:
        """The `where` that drops a record, in one line; None where no condition of the text does."""
        dropped = self._tracer.trace(one.record, one.now).dropped
        return None if dropped is None else f"where {' '.join(dropped.text.split())}"

    @cached_property
    def _tracer(self) -> RecordTracer:
        from provisioner import kql

        return kql.RecordTracer(self.query)


def stream_records(stream: Stream, now: dt.datetime) -> Iterator[NamedRecord]:
    """The samples of a stream and the records of its tests; `now` is the clock where a test fixes none.

    Tests that want the transform refused have no rows, and a test whose clock is no time fails in `test`.
    """
    for number, record in enumerate(stream.samples, 1):
        yield NamedRecord(f"sample {number}", record, now)
    for test in stream.tests:
        if test.expect_error is not None or (test.now is not None and values.parse_datetime(test.now) is None):
            continue
        for number, record in enumerate(test.given, 1):
            place = f", record {number}" if len(test.given) > 1 else ""
            yield NamedRecord(f"test {test.name!r}{place}", record, test.now or now)


def row_effects(before: TransformSide, after: TransformSide, records: Sequence[NamedRecord]) -> Iterator[RowEffect]:
    """The rows that differ, in the order of the records.

    Cells that chance or Azure alone decides are compared for presence, as transform tests compare them.
    """
    by_chance = nondeterministic_columns(before.query) | nondeterministic_columns(after.query)
    for one in records:
        before_rows, after_rows = before.rows(one), after.rows(one)
        for pair in compare_rows(before_rows, after_rows, after.types, by_chance):
            if pair.expected is None or pair.actual is None:
                side = before if pair.expected is None else after
                # Without any row there is a condition to name; with one, it is only a row fewer of several.
                dropped_by = side.dropping_condition(one) if not before_rows or not after_rows else None
                yield RowEffect(one.name, pair.expected, pair.actual, dropped_by=dropped_by)
            elif cells := tuple(_cell_effects(pair.expected, pair.actual, before.types, after.types, by_chance)):
                yield RowEffect(one.name, pair.expected, pair.actual, cells)


def _cell_effects(
    before: Row, after: Row, before_types: Mapping[str, str], after_types: Mapping[str, str], by_chance: frozenset[str]
) -> Iterator[CellEffect]:
    # Columns of the old row first: they stand where the reader knows them.
    for column in dict.fromkeys([*before, *after]):
        left, right = before.get(column), after.get(column)
        types = {types[column] for types in (before_types, after_types) if column in types}
        if column in by_chance and is_null(left) == is_null(right):
            continue
        if not _same_cell(left, right, types):
            yield CellEffect(column, left, right)


def _same_cell(left: Any, right: Any, types: set[str]) -> bool:
    """Whether two JSON values are the same cell; of two types, the values count as they stand."""
    if is_null(left) or is_null(right):
        return is_null(left) and is_null(right)
    if len(types) == 1:
        return cells_equal(left, right, next(iter(types)))
    return json_values_equal(left, right)
