"""Running a query: compiled once, then a row at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provisioner.kql.ir.bound_expression import Bound
    from provisioner.kql.ir.bound_query import Query, Run

Records = Iterable[Mapping[str, Any]]


def evaluate(
    query: Query,
    rows: Records | Mapping[str, Records] = (),
    now: dt.datetime | str | None = None,
    *,
    exact: bool = False,
    form: str | None = None,
    notes: dict[str, int] | None = None,
) -> Iterator[dict[str, Any]]:
    """The rows that a query makes of `rows`, one at a time.

    `rows` are the records of the query's table, or a mapping from table names to records. Values may be JSON
    values or Python values. `form` is "python" (aware datetime, timedelta, UUID, Decimal), "json" (all that JSON
    can say: ISO text of seven digits for times, text for guids) or "exact" (as python, but ISO text for times, which
    `exact=True` asks for too). `now` stands for the present. `notes` collects run-time notes with their counts.
    Raises ValueError for a form or a `now` that is none.
    """
    from provisioner.kql.evaluation.cell_codec import FORMS
    from provisioner.kql.evaluation.run_context import Context, clock

    form = form or ("exact" if exact else "python")
    if form not in FORMS:
        raise ValueError(f"{form!r} is no form of results; it is one of {', '.join(sorted(FORMS))}")
    context = Context(clock(now), notes if notes is not None else {})
    return query.run(form)(tables_of(query, rows), context)


def compile(query: Query, form: str = "json") -> Callable[[Records], Iterator[dict[str, Any]]]:  # noqa: A001 - the verb
    """The query as a function from the records of its table to result rows."""
    from provisioner.kql.evaluation.run_context import Context, clock

    run = query.run(form)

    def function(rows: Records) -> Iterator[dict[str, Any]]:
        return run(tables_of(query, rows), Context(clock(None)))

    return function


def tables_of(query: Query, rows: Records | Mapping[str, Records]) -> Mapping[str, Records]:
    """Each table's records; records given alone are those of every table that the query reads."""
    if isinstance(rows, Mapping):
        return {name: rows.get(name, ()) for name in query.tables}
    if len(query.tables) > 1 or query.repeats:
        rows = rows if isinstance(rows, (list, tuple)) else list(rows)
    return dict.fromkeys(query.tables, rows)


def build(query: Query, form: str) -> Run:
    """Compile the query for one form of results."""
    from provisioner.kql.evaluation.query_program import Program

    program = Program(form, query.shared)
    name = program.main(query.rows)
    names = dict(program.writer.names)
    exec(compiled(program.source()), names)  # noqa: S102 - the source is ours: texts of the author's are constants in it
    run: Run = names[name]
    return run


def settle(value: Bound, shared: Mapping[str, Bound]) -> Bound:
    """The constant that a value without rows comes to."""
    from provisioner.kql.evaluation.query_program import Program
    from provisioner.kql.evaluation.run_context import Context
    from provisioner.kql.ir.bound_expression import Column, constant
    from provisioner.kql.ir.scope import Assign, Origin, Rows

    program = Program("inside", shared)
    name = program.main(
        Rows({"value": Column("value", value.type, "value")}, Origin(constants=[()]), [Assign("value", value)])
    )
    names = dict(program.writer.names)
    exec(compiled(program.source()), names)  # noqa: S102 - see build
    (row,) = names[name]({}, Context(0))
    return replace(constant(value.type, row["value"], value.span), name=value.name)


def compiled(source: str) -> Any:
    """The code object of generated source."""
    import builtins

    return builtins.compile(source, "<kql>", "exec")
