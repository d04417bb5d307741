"""Running a query: compiled once for each form of results, then a row at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from types import CodeType

    from provisioner.kql.evaluation.run_context import RunContext
    from provisioner.kql.ir.bound_expression import BoundExpression
    from provisioner.kql.ir.bound_query import Query

Records = Iterable[Mapping[str, object]]
ResultRow = dict[str, Any]
"""A result by column; what a cell is depends on the form of results and the type of its column."""
QueryFunction = Callable[[Mapping[str, Records], "RunContext"], Iterator[ResultRow]]
"""A compiled query: from the records of each table and the context of a run to result rows."""

_COMPILED: WeakKeyDictionary[Query, dict[str, QueryFunction]] = WeakKeyDictionary()
"""The functions of each query by form of results, kept as long as the query: compiling takes longer than a row."""


# The imports inside the functions keep `import provisioner.kql` short: most commands load the package and run no query.
def evaluate(
    query: Query,
    rows: Records | Mapping[str, Records] = (),
    now: dt.datetime | str | None = None,
    *,
    exact: bool = False,
    form: str | None = None,
    notes: dict[str, int] | None = None,
) -> Iterator[ResultRow]:
    """The result rows of a query, computed one at a time as they are asked for.

    `rows` are the records of the query's table, or a mapping from table names to records. Values may be JSON
    values or Python values. `form` is "python" (aware datetime, timedelta, UUID, Decimal), "json" (all that JSON
    can say: ISO text of seven digits for times, text for guids) or "exact" (as python, but ISO text for times, which
    `exact=True` asks for too). `now` is what now() gives. `notes` collects run-time notes with their counts.
    Raises ValueError for an unknown form, and for a `now` that is no time.
    """
    from provisioner.kql.evaluation.cell_codec import RESULT_FORMS
    from provisioner.kql.evaluation.run_context import RunContext, ticks_of_now

    form = form or ("exact" if exact else "python")
    if form not in RESULT_FORMS:
        raise ValueError(f"{form!r} is no form of results; it is one of {', '.join(sorted(RESULT_FORMS))}")
    context = RunContext(ticks_of_now(now), notes if notes is not None else {})
    return query_function(query, form)(records_by_table(query, rows), context)


def compile(query: Query, form: str = "json") -> Callable[[Records], Iterator[ResultRow]]:  # noqa: A001 - the verb
    """The query as a function from the records of its table to result rows."""
    from provisioner.kql.evaluation.run_context import RunContext, ticks_of_now

    run = query_function(query, form)

    def function(rows: Records) -> Iterator[ResultRow]:
        return run(records_by_table(query, rows), RunContext(ticks_of_now(None)))

    return function


def query_function(query: Query, form: str) -> QueryFunction:
    """The compiled query for one form of results; compiled when it is first asked for."""
    by_form = _COMPILED.get(query)
    if by_form is None:
        by_form = _COMPILED[query] = {}
    if form not in by_form:
        by_form[form] = _build_query_function(query, form)
    return by_form[form]


def records_by_table(query: Query, rows: Records | Mapping[str, Records]) -> Mapping[str, Records]:
    """Each table's records; records given alone are those of every table that the query reads."""
    if isinstance(rows, Mapping):
        return {name: rows.get(name, ()) for name in query.tables}
    if len(query.tables) > 1 or query.reads_table_twice:
        # an iterator can be read once only; a query with one reader keeps streaming
        rows = rows if isinstance(rows, (list, tuple)) else list(rows)
    return dict.fromkeys(query.tables, rows)


def _build_query_function(query: Query, form: str) -> QueryFunction:
    from provisioner.kql.evaluation.query_program import QueryProgram

    program = QueryProgram(form, query.shared_values)
    name = program.compile_query(query.rows)
    names: dict[str, Any] = dict(program.writer.names)
    exec(compile_python(program.python_source()), names)  # noqa: S102 - our own source; the author's texts are constants
    function: QueryFunction = names[name]
    return function


def evaluate_constant(value: BoundExpression, shared_values: Mapping[str, BoundExpression]) -> BoundExpression:
    """The constant that an expression comes to which depends on no row."""
    from provisioner.kql.evaluation.query_program import QueryProgram
    from provisioner.kql.evaluation.run_context import RunContext
    from provisioner.kql.ir.bound_expression import BoundColumn, Constant
    from provisioner.kql.ir.row_steps import AssignVariable, Rows, RowSource

    # run as a query of one row, so that folding cannot differ from evaluation
    program = QueryProgram("inside", shared_values)
    column = BoundColumn("value", value.type, "value")
    one_row = Rows({"value": column}, RowSource(constants=[()]), [AssignVariable("value", value)])
    name = program.compile_query(one_row)
    names: dict[str, Any] = dict(program.writer.names)
    exec(compile_python(program.python_source()), names)  # noqa: S102 - see _build_query_function
    (row,) = names[name]({}, RunContext(0))
    return Constant(value.type, row["value"], value.span, value.name)


def compile_python(source: str) -> CodeType:
    """The code object of generated source."""
    import builtins  # `compile` of this module is the query's

    return builtins.compile(source, "<kql>", "exec")
