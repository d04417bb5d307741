"""Transforms bound once and run on records, rows as JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from provisioner import kql
from provisioner.diagnostics import Diagnostic
from provisioner.model import Columns, Flow, Record, Stream

Row = dict[str, Any]


class Transforms:
    """Bound queries by text and columns, so that many tests of one transform bind it once."""

    def __init__(self) -> None:
        self._bound: dict[tuple[str, Columns], tuple[kql.Query | None, tuple[Diagnostic, ...]]] = {}

    def bind(self, stream: Stream, flow: Flow) -> tuple[kql.Query | None, tuple[Diagnostic, ...]]:
        """The query of a flow, None where its text has errors, and the remarks on the text."""
        return self.text(flow.transform, stream.columns)

    def text(self, transform: str, columns: Columns) -> tuple[kql.Query | None, tuple[Diagnostic, ...]]:
        """The query of a transform over columns in the manifest's types."""
        key = (transform, columns)
        if key not in self._bound:
            query, diagnostics = kql.bind(transform, columns.kql())
            self._bound[key] = (query, tuple(diagnostics))
        return self._bound[key]


def rows(
    query: kql.Query, records: Iterable[Record], now: dt.datetime | None = None, notes: dict[str, int] | None = None
) -> list[Row]:
    """What a query makes of records, as JSON values: times as text with seven digits.

    `notes` collects what happened to values on the way: one of another type than its column's, and the like.
    """
    return list(kql.evaluate(query, records, now=now, form="json", notes=notes))
