"""Each transform bound once: validate, transform tests and verify share one cache, over all environments."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provisioner.diagnostics import Diagnostic, Span
from provisioner.model import Columns, Flow, Manifest, Stream

if TYPE_CHECKING:
    from provisioner.fact_evidence import EvidencePolicy
    from provisioner.kql import Query

TransformKey = tuple[str, Columns]
"""The transform's text and the columns of its stream: equal keys give equal queries."""
_MAX_QUERIES = 64


@dataclass(frozen=True)
class TransformFacts:
    """What stays known of a transform when its query is dropped; only `diagnostics` where it could not be bound.

    `spans` holds each output column with the part of the text that defines it, `reads` the stream's columns that are
    used or passed on, `unchanged` each output column with the stream's column whose values it holds as they came.
    """

    bound: bool
    diagnostics: tuple[Diagnostic, ...] = ()
    spans: Mapping[str, Span] = field(default_factory=dict)
    reads: frozenset[str] = frozenset()
    unchanged: Mapping[str, str] = field(default_factory=dict)


class BoundTransforms:
    """Queries, facts and fits of transforms by text and columns; `policy` says which evidence decides what is taken."""

    def __init__(self, policy: EvidencePolicy = "newest") -> None:
        self.policy: EvidencePolicy = policy
        self._by_policy: dict[EvidencePolicy, BoundTransforms] = {policy: self}
        self._facts: dict[TransformKey, TransformFacts] = {}
        # A query with its compiled code is large. Only the newest are kept, so that memory grows with the manifest
        # and not with its trees. First in, first out: the threads of verify share the cache, and without reordering
        # every step is one atomic operation of a dict.
        self._queries: OrderedDict[TransformKey, Query | None] = OrderedDict()
        self._fits: dict[tuple[TransformKey, Columns], tuple[Diagnostic, ...]] = {}
        self._written: tuple[Manifest | None, dict[str, set[str]]] = (None, {})

    def with_policy(self, policy: EvidencePolicy) -> BoundTransforms:
        """The transforms bound under another policy; the same object each time, with a cache of its own."""
        if policy not in self._by_policy:
            other = BoundTransforms(policy)
            # one family: each finds all others
            other._by_policy = self._by_policy
            self._by_policy[policy] = other
        return self._by_policy[policy]

    @property
    def count(self) -> int:
        """How many transforms are known, those of texts that nothing holds any more included."""
        return len(self._facts)

    def bind(self, stream: Stream, flow: Flow) -> tuple[Query | None, tuple[Diagnostic, ...]]:
        """The query of a flow, None where its text has errors, and the diagnostics of the text."""
        return self.bind_text(flow.transform, stream.columns)

    def bind_text(self, text: str, columns: Columns) -> tuple[Query | None, tuple[Diagnostic, ...]]:
        """The query of a transform over columns in the manifest's types; see `bind`."""
        query = self._query((text, columns))
        return query, self._facts[text, columns].diagnostics

    def facts(self, stream: Stream, flow: Flow) -> TransformFacts:
        """What is known of a flow's transform over its stream's columns."""
        key = (flow.transform, stream.columns)
        if key not in self._facts:
            self._bind(key)
        return self._facts[key]

    def fit(self, stream: Stream, flow: Flow, table_columns: Columns) -> tuple[Diagnostic, ...]:
        """What Azure would refuse, drop or leave null of the rows; empty where the transform cannot be bound."""
        from provisioner import kql

        key = (flow.transform, stream.columns)
        if (key, table_columns) not in self._fits:
            query = self._query(key)
            self._fits[key, table_columns] = tuple(kql.fit(query, table_columns, self.policy)) if query else ()
        return self._fits[key, table_columns]

    def written_columns(self, table: str, manifest: Manifest) -> set[str]:
        """The columns of a table that some flow of the manifest writes."""
        # One manifest at a time: environments are checked one after the other.
        if self._written[0] is not manifest:
            by_table: dict[str, set[str]] = {}
            for stream in manifest.streams.values():
                for flow in stream.flows:
                    by_table.setdefault(flow.table, set()).update(self.facts(stream, flow).spans)
            self._written = (manifest, by_table)
        return self._written[1].get(table, set())

    def _query(self, key: TransformKey) -> Query | None:
        # Not `in` and then `[]`: another thread may drop the query in between.
        query: Query | _Missing | None = self._queries.get(key, _MISSING)
        return self._bind(key) if isinstance(query, _Missing) else query

    def _bind(self, key: TransformKey) -> Query | None:
        # Imported late: a manifest without transforms never loads the query language.
        from provisioner import kql

        text, columns = key
        query, diagnostics = kql.bind(text, columns.kql(), policy=self.policy)
        if query is None:
            self._facts[key] = TransformFacts(bound=False, diagnostics=tuple(diagnostics))
        else:
            reads = frozenset(query.reads).union(*query.lineage.values())
            self._facts[key] = TransformFacts(
                True, tuple(diagnostics), dict(query.spans), reads, query.unchanged_columns
            )
        self._queries[key] = query
        if len(self._queries) > _MAX_QUERIES:
            self._queries.popitem(last=False)
        return query


class _Missing:
    """Marks a key without a query: None stands for a text with errors."""


_MISSING = _Missing()
