"""One way of a stream into a table, bound and ready to foretell rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.model import Columns, Flow, Manifest, Stream
from provisioner.probes.expected_row import TIME, Cell, cut, foretell
from provisioner.transforms.bound_transforms import columns_of
from provisioner.transforms.transform_rows import Transforms, rows

if TYPE_CHECKING:
    from provisioner.kql import Query


@dataclass(frozen=True, slots=True)
class Lane:
    """A flow with its bound transform. `columns` are the table's in KQL's types, None where nobody knows them."""

    flow: Flow
    query: Query
    columns: Mapping[str, str] | None
    unwritten: tuple[str, ...]

    def row(self, record: Mapping[str, Any], now: dt.datetime) -> dict[str, Any] | None:
        """What the record becomes, long text cut and columns dropped as Azure does; None where no row is stored."""
        made = self._stored(record, now)
        if made is None:
            return None
        return {name: value for name, value in cut(made).items() if self.columns is None or name in self.columns}

    def cells(self, record: Mapping[str, Any], now: dt.datetime) -> dict[str, Cell] | None:
        """What each column must hold; None where no row is stored."""
        made = self._stored(record, now)
        return None if made is None else foretell(self.query, made, self.columns, now, unwritten=self.unwritten)

    def _stored(self, record: Mapping[str, Any], now: dt.datetime) -> dict[str, Any] | None:
        """The row, unless the transform drops it or gives it no time: Azure refuses that in silence."""
        made = rows(self.query, [record], now)
        return made[0] if made and made[0].get(TIME, "") is not None else None


def lanes(manifest: Manifest, stream: Stream, transforms: Transforms, live: Mapping[str, Columns]) -> tuple[Lane, ...]:
    """The flows of a stream whose transforms can be run here; `live` are columns of tables as Azure tells them."""
    found = []
    for flow in stream.flows:
        query, _ = transforms.bind(stream, flow)
        if query is not None:
            columns = _columns(manifest, flow.table, live)
            found.append(Lane(flow, query, columns, _unwritten(manifest, flow.table, transforms)))
    return tuple(found)


def _columns(manifest: Manifest, table: str, live: Mapping[str, Columns]) -> dict[str, str] | None:
    """What the manifest declares, or is published of a built-in table; else what Azure tells, if anything."""
    known = columns_of(table, manifest) or live.get(table)
    return None if known is None else known.kql()


def _unwritten(manifest: Manifest, table: str, transforms: Transforms) -> tuple[str, ...]:
    """Declared columns that no flow of the manifest into the table writes; none where the table is somebody else's."""
    declared = manifest.tables.get(table)
    if declared is None or declared.existing:
        return ()
    written: set[str] = set()
    for stream in manifest.streams.values():
        for flow in stream.flows:
            query, _ = transforms.bind(stream, flow) if flow.table == table else (None, ())
            written.update(query.columns if query is not None else ())
    return tuple(name for name in declared.columns if name not in written)
