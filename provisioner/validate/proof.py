"""Each transform bound once: rules and environments that ask for the same text and columns share the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provisioner.diagnostics import Diagnostic
from provisioner.model import Columns, Flow, Manifest, Stream, Table
from provisioner.validate.builtin import builtin

if TYPE_CHECKING:
    from provisioner.kql import Query

Bound = tuple["Query | None", tuple[Diagnostic, ...]]


class Proof:
    """Bound transforms by text and columns, and what rows of a table may hold."""

    __slots__ = ("_bound", "_written")

    def __init__(self) -> None:
        self._bound: dict[tuple[str, Columns], Bound] = {}
        self._written: dict[int, tuple[Manifest, dict[str, frozenset[str]]]] = {}

    def bind(self, stream: Stream, flow: Flow) -> Bound:
        """The query and the remarks on its text; the query is None when one of them is an error."""
        from provisioner import kql

        key = (flow.transform, stream.columns)
        if key not in self._bound:
            query, diagnostics = kql.bind(flow.transform, stream.columns.kql())
            self._bound[key] = (query, tuple(diagnostics))
        return self._bound[key]

    def written(self, table: str, manifest: Manifest) -> frozenset[str]:
        """The columns of a table that some flow writes."""
        if id(manifest) not in self._written:  # kept beside it, so that the id stays its own
            self._written[id(manifest)] = (manifest, self._columns_written(manifest))
        return self._written[id(manifest)][1].get(table, frozenset())

    def _columns_written(self, manifest: Manifest) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for stream in manifest.streams.values():
            for flow in stream.flows:
                query, _ = self.bind(stream, flow)
                found[flow.table] = found.get(flow.table, frozenset()).union(query.columns if query else ())
        return found


def subject(diagnostic: Diagnostic) -> str | None:
    """The column that a remark on a query's output is about: the first name in quotes, or the one Azure asks for."""
    quoted = re.search(r"'([^']+)'", diagnostic.message)
    return quoted[1] if quoted else "TimeGenerated" if diagnostic.code == "FIT005" else None


def columns_of(name: str, manifest: Manifest) -> Columns | None:
    """The columns that rows of a table may hold, as far as they are known offline; None if they are not."""
    declared: Table | None = manifest.tables.get(name)
    if declared and declared.custom:
        return declared.columns or None
    known = builtin(name)
    if known is None or known["columns"] is None:
        return None
    return Columns({**known["columns"], **(declared.columns if declared else {})})
