"""A bound text: what it reads, what it gives, and how to run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Span
from provisioner.kql.ir.scope import Rows

if TYPE_CHECKING:
    from provisioner.kql.evaluation.run_context import Context
    from provisioner.kql.ir.bound_expression import Bound
    from provisioner.kql.vocabulary.dialects import Dialect

Run = Callable[[Mapping[str, Any], "Context"], Iterator[dict[str, Any]]]


@dataclass(slots=True, eq=False)
class Query:
    """A text that could be bound.

    `columns`: name to KQL type in output order. `reads`: the input columns used. `lineage`: the input columns each
    output column comes from. `volatile`: output columns fed by the clock or by
    what is not known offline, with the functions that feed them.
    `spans`: where each output column is made. `table`: the one table read, None where there are several or none.
    """

    text: str
    dialect: Dialect
    columns: dict[str, str]
    reads: tuple[str, ...]
    lineage: dict[str, tuple[str, ...]]
    volatile: dict[str, frozenset[str]]
    spans: dict[str, Span]
    tables: tuple[str, ...]
    rows: Rows
    shared: Mapping[str, Bound] = field(default_factory=dict)
    repeats: bool = False
    makers: tuple[tuple[str, Span, Bound], ...] = ()
    _runs: dict[str, Run] = field(default_factory=dict, repr=False)

    def run(self, form: str) -> Run:
        """The compiled query for one form of results; compiled once."""
        if form not in self._runs:
            from provisioner.kql.evaluation.query_evaluator import build

            self._runs[form] = build(self, form)
        return self._runs[form]
