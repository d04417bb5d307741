"""A flow with its bound transform, ready to compute the rows that records become."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.model import Columns, Flow, Manifest, Stream
from provisioner.model.reserved_columns import is_filled_by_azure
from provisioner.probes.expected_row import ExpectedRow, expected_cells, truncate_long_text
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.transforms.table_columns import known_columns
from provisioner.transforms.transform_rows import transform_rows

if TYPE_CHECKING:
    from provisioner.kql import Query


@dataclass(frozen=True, slots=True)
class BoundFlow:
    """A flow of a stream into a table.

    `columns` are the table's with KQL's types, None where they are not known; `unwritten_columns` those of them that no
    flow of the manifest writes.
    """

    flow: Flow
    query: Query
    columns: Mapping[str, str] | None
    unwritten_columns: tuple[str, ...]

    @property
    def table(self) -> str:
        """The name of the table that it leads to."""
        return self.flow.table

    @property
    def transform(self) -> str:
        """The transform's text in the manifest."""
        return self.flow.transform

    def stored_row(self, record: Mapping[str, Any], now: dt.datetime) -> dict[str, Any] | None:
        """The row of a record as the transform fills it, long text cut and unknown columns dropped as Azure does.

        Without the columns that Azure fills; None where no row is stored.
        """
        row = self._output_row(record, now)
        if row is None:
            return None
        cut = truncate_long_text(row)
        return {
            name: value
            for name, value in cut.items()
            if (self.columns is None or name in self.columns) and not is_filled_by_azure(name)
        }

    def expected_row(self, record: Mapping[str, Any], now: dt.datetime) -> ExpectedRow | None:
        """What each column must hold; None where no row is stored."""
        row = self._output_row(record, now)
        if row is None:
            return None
        return expected_cells(self.query, row, self.columns, now, unwritten_columns=self.unwritten_columns)

    def _output_row(self, record: Mapping[str, Any], now: dt.datetime) -> dict[str, Any] | None:
        """The transform's row; None where it drops the record."""
        rows = transform_rows(self.query, [record], now)
        return rows[0] if rows else None


def bind_flows(
    manifest: Manifest, stream: Stream, transforms: BoundTransforms, live_columns: Mapping[str, Columns]
) -> tuple[BoundFlow, ...]:
    """The flows of a stream whose transforms have no errors.

    `live_columns` (table → columns, as Azure has them) serve for tables whose columns are not known offline.
    """
    bound = []
    for flow in stream.flows:
        query, _ = transforms.bind(stream, flow)
        if query is not None:
            # The manifest's columns come first: what it declares must arrive, also where the live table lacks it.
            columns = known_columns(flow.table, manifest) or live_columns.get(flow.table)
            unwritten = _unwritten_columns(manifest, flow.table, transforms)
            bound.append(BoundFlow(flow, query, None if columns is None else columns.kql(), unwritten))
    return tuple(bound)


def _unwritten_columns(manifest: Manifest, table: str, transforms: BoundTransforms) -> tuple[str, ...]:
    """Declared columns that no flow of the manifest writes; none for an existing table, which others may write."""
    declared = manifest.tables.get(table)
    if declared is None or declared.existing:
        return ()
    written = transforms.written_columns(table, manifest)
    return tuple(name for name in declared.columns if name not in written)
