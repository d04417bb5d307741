"""A query that counts, beside its results, how many rows each of its conditions dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provisioner.kql.evaluation.query_evaluator import QueryFunction
    from provisioner.kql.ir.bound_query import Query


class CountingQuery:
    """A query compiled once; `conditions` are the texts of its filters in their order, `drops` their counts so far."""

    def __init__(self, query: Query) -> None:
        from provisioner.kql.evaluation.query_evaluator import compile_python
        from provisioner.kql.evaluation.query_program import QueryProgram
        from provisioner.kql.ir.row_steps import AssignVariable, FilterRows

        program = QueryProgram("json", query.shared_values, counting=True)
        name = program.compile_query(query.rows)
        names: dict[str, Any] = {**program.writer.names, "count_drop": self._count_drop}
        exec(compile_python(program.python_source()), names)  # noqa: S102 - see query_evaluator
        self._run: QueryFunction = names[name]
        self._query = query
        self.conditions = tuple(
            query.text[condition.span.start : condition.span.end] for condition in program.conditions
        )
        self.drops = [0] * len(self.conditions)
        self.is_row_by_row = all(isinstance(step, (AssignVariable, FilterRows)) for step in query.rows.steps)
        """Whether a record becomes one row, unless a condition drops it."""

    def run(
        self, rows: Sequence[Mapping[str, Any]], now: dt.datetime | None = None, notes: dict[str, int] | None = None
    ) -> Iterator[dict[str, Any]]:
        """The result rows as JSON values; what conditions drop is counted. The arguments are those of `evaluate`."""
        from provisioner.kql.evaluation.query_evaluator import records_by_table
        from provisioner.kql.evaluation.run_context import RunContext, ticks_of_now

        context = RunContext(ticks_of_now(now), notes if notes is not None else {})
        return self._run(records_by_table(self._query, rows), context)

    def _count_drop(self, number: int) -> bool:
        self.drops[number] += 1
        return False
