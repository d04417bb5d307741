"""Each transform bound once: rules and environments that ask for the same text and columns share the answer."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from provisioner.diagnostics import Diagnostic, Span
from provisioner.model import Columns, Flow, Manifest, Stream, Table
from provisioner.transforms.builtin_tables import builtin, is_custom

if TYPE_CHECKING:
    from provisioner.kql import Query

Key = tuple[str, Columns]
T = TypeVar("T")
_RECENT = 64


@dataclass(frozen=True)
class Facts:
    """What is known of one transform. `bound` is False where its text is wrong, and the rest is empty then.

    `spans` says where each output column is made, `reads` which columns of the stream are used or passed on.
    """

    bound: bool
    diagnostics: tuple[Diagnostic, ...] = ()
    spans: Mapping[str, Span] = field(default_factory=dict)
    reads: frozenset[str] = frozenset()


class Proof:
    """Facts of transforms by text and columns, and what becomes of their rows.

    Bound queries are large; only the last few are kept, so that memory grows with the manifest and not with its trees.
    """

    def __init__(self) -> None:
        self._facts: dict[Key, Facts] = {}
        self._fits: dict[tuple[Key, Columns], tuple[Diagnostic, ...]] = {}
        self._recent: OrderedDict[Key, Query | None] = OrderedDict()
        self._written: tuple[Manifest | None, dict[str, set[str]]] = (None, {})
        self._made: dict[Callable[[Any], Any], tuple[object, Any]] = {}

    def facts(self, stream: Stream, flow: Flow) -> Facts:
        """What is known of a flow's transform over its stream's columns."""
        key = (flow.transform, stream.columns)
        if key not in self._facts:
            self._bind(key)
        return self._facts[key]

    def fit(self, stream: Stream, flow: Flow, columns: Columns) -> tuple[Diagnostic, ...]:
        """What Azure would refuse, drop or leave null of the rows; nothing where the text itself is wrong."""
        from provisioner import kql

        key = (flow.transform, stream.columns)
        if (key, columns) not in self._fits:
            query = self._recent[key] if key in self._recent else self._bind(key)
            self._fits[key, columns] = tuple(kql.fit(query, columns)) if query else ()
        return self._fits[key, columns]

    def written(self, table: str, manifest: Manifest) -> set[str]:
        """The columns of a table that some flow writes."""
        if self._written[0] is not manifest:
            found: dict[str, set[str]] = {}
            for stream in manifest.streams.values():
                for flow in stream.flows:
                    found.setdefault(flow.table, set()).update(self.facts(stream, flow).spans)
            self._written = (manifest, found)
        return self._written[1].get(table, set())

    def once(self, document: object, make: Callable[[Any], T]) -> T:
        """`make(document)`, made once for the document that is being checked and kept till the next one."""
        held = self._made.get(make)
        if held is None or held[0] is not document:
            held = (document, make(document))
            self._made[make] = held
        made: T = held[1]
        return made

    def _bind(self, key: Key) -> Query | None:
        from provisioner import kql

        text, columns = key
        query, told = kql.bind(text, columns.kql())
        if query is None:
            self._facts[key] = Facts(bound=False, diagnostics=tuple(told))
        else:
            reads = frozenset(query.reads).union(*query.lineage.values())
            self._facts[key] = Facts(True, tuple(told), dict(query.spans), reads)
        self._recent[key] = query
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        return query


def subject(diagnostic: Diagnostic) -> str | None:
    """The column that a remark on a query's output is about: the first name in quotes, or the one Azure asks for."""
    quoted = re.search(r"(?<!\w)'([^']+)'(?!\w)", diagnostic.message)
    return quoted[1] if quoted else "TimeGenerated" if diagnostic.code == "FIT005" else None


def columns_of(name: str, manifest: Manifest) -> Columns | None:
    """The columns that rows of a table may hold, as far as they are known offline; None if they are not."""
    declared: Table | None = manifest.tables.get(name)
    if declared and is_custom(declared):
        return declared.columns or None
    known = builtin(name)
    if known is None or known["columns"] is None:
        return None
    return Columns({**known["columns"], **(declared.columns if declared else {})})
