"""Where rows come from: tables, `print`, `datatable`, `range`, `union`, and what `let` named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.binding.column_items import assign, target
from provisioner.kql.ir.bound_expression import Column, constant
from provisioner.kql.ir.scope import Assign, Function, Lazy, Origin, Rows, Scope, Step, Unfold
from provisioner.kql.operators.as_operator import As
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary import dialects
from provisioner.kql.vocabulary.scalar_types import UNKNOWN
from provisioner.kql.vocabulary.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.kql.binding.pipeline_binder import PipelineBinder


def bind(binder: PipelineBinder, source: tree.Source, scope: Scope) -> Rows:
    """The rows of a source; open to any column where it is not known."""
    if isinstance(source, tree.TableName):
        return _table(binder, source, scope)
    if isinstance(source, tree.Inner):
        return binder.pipeline(source.pipeline, scope)
    if isinstance(source, tree.Print):
        return _print(binder, source, scope)
    if isinstance(source, tree.Datatable):
        return _datatable(binder, source, scope)
    if isinstance(source, tree.Invocation):
        return _invoke(binder, source, scope)
    word = "range" if isinstance(source, tree.Range) else "union"
    permission = dialects.operator_permission(word, binder.dialect)
    if permission is not None and permission.status == "refused":
        span = Span(source.start, source.start + len(word))
        message = f"the transform language does not have {word!r}"
        binder.report("KQL201", message, span, hint=permission.hint, source=permission.source)
    if isinstance(source, tree.Range):
        return _range(binder, source, scope)
    assert isinstance(source, tree.Union)
    wanted = [part for part in source.pipelines if not (source.fuzzy and _absent(binder, part, scope))]
    return union(binder, source, [binder.pipeline(part, scope) for part in wanted], labels(wanted, scope))


def _table(binder: PipelineBinder, source: tree.TableName, scope: Scope) -> Rows:
    meaning = scope.find(source.name)
    if isinstance(meaning, Lazy):
        return binder.pipeline(meaning.pipeline, meaning.scope)
    columns = binder.tables.get(source.name)
    if columns is None:
        hint = did_you_mean(source.name, [*binder.tables, *scope.known()])
        if binder.dialect == "transform":
            hint = hint or "a transformation reads `source` and nothing else"
        kind = "a value, it holds no rows" if meaning is not None else "not a table here"
        binder.report("KQL102", f"{source.name!r} is {kind}", source.span, hint=hint)
        return Rows({}, Origin(), open=True)
    made = {
        name: Column(name, kind, binder.variable(), frozenset((name,)), span=source.span, wrapped=True)
        for name, kind in columns.items()
    }
    return Rows(made, Origin(table=source.name, columns=list(made.values())))


def _print(binder: PipelineBinder, source: tree.Print, scope: Scope) -> Rows:
    columns: dict[str, Column] = {}
    steps: list[Step] = []
    inside = scope.over(Rows({}, Origin()))
    for place, item in enumerate(source.items):
        name = item.names[0] if item.names else f"print_{place}"
        if name in columns:
            binder.report("KQL104", f"the column {name!r} is made twice", target(item))
        columns[name], step = assign(binder, name, binder.expression(item.value, inside), target(item))
        steps.extend(step)
    return Rows(columns, Origin(constants=[()]), steps)


def _datatable(binder: PipelineBinder, source: tree.Datatable, scope: Scope) -> Rows:
    columns = {name: Column(name, kind, binder.variable(), span=source.span) for name, kind in source.columns}
    if len(columns) < len(source.columns):
        binder.report("KQL104", "two columns of the datatable have one name", source.span)
    width = len(source.columns)
    if len(source.values) % width:
        message = f"{len(source.values)} values do not fill rows of {width} columns"
        binder.report("KQL105", message, source.span)
    cells: list[Any] = []
    for place, node in enumerate(source.values):
        bound = binder.expression(node, scope)
        kind = source.columns[place % width][1]
        if not bound.is_constant and bound.type != UNKNOWN:
            binder.report("KQL110", "a datatable holds constants", node.span)
        cells.append(
            values.convert(bound.value, bound.type, kind) if bound.type not in (UNKNOWN, kind) else bound.value
        )
    rows = [tuple(cells[start : start + width]) for start in range(0, len(cells) - width + 1, width)]
    return Rows(columns, Origin(columns=list(columns.values()), constants=rows))


def _invoke(binder: PipelineBinder, source: tree.Invocation, scope: Scope) -> Rows:
    from provisioner.kql.binding.user_functions import arguments

    node = source.call
    meaning = scope.find(node.name)
    if not isinstance(meaning, Function) or not isinstance(meaning.body.result, tree.Pipeline):
        binder.report("KQL102", f"{node.name!r} is no function that gives rows", node.at)
        return Rows({}, Origin(), open=True)
    given = arguments(binder, node, meaning, scope)
    if given is None:
        return Rows({}, Origin(), open=True)
    names: dict[str, Any] = {
        parameter.name: bound for parameter, bound in zip(meaning.body.parameters, given, strict=True)
    }
    inside = binder.lets(meaning.body.lets, Scope(names, meaning.scope))
    return binder.pipeline(meaning.body.result, inside)


def _range(binder: PipelineBinder, source: tree.Range, scope: Scope) -> Rows:
    low, high, step = (binder.expression(part, scope) for part in (source.low, source.high, source.step))
    kind = low.type
    if kind not in ("int", "long", "real", "datetime", "timespan", UNKNOWN):
        binder.report("KQL106", f"a range runs over numbers or times, not {kind}", source.low.span)
    column = Column(source.name, kind, binder.variable(), span=source.span)
    step_through = Unfold([column.variable], _count_up, [low, high, step])
    return Rows({source.name: column}, Origin(constants=[()]), [step_through])


def _count_up(low: Any, high: Any, step: Any) -> Iterator[Any]:
    """From `low` to `high`, at most a million values."""
    if None in (low, high, step) or step == 0:
        return
    for _ in range(1_000_000):
        if (low > high) if step > 0 else (low < high):
            return
        yield low
        low = low + step


def _absent(binder: PipelineBinder, part: tree.Pipeline, scope: Scope) -> bool:
    """Whether a part of a forgiving union is a table that does not exist."""
    source = part.source
    return isinstance(source, tree.TableName) and scope.find(source.name) is None and source.name not in binder.tables


def labels(parts: list[tree.Pipeline], scope: Scope) -> list[str | None]:
    """The name of each part that is a bare table or ends in `as`; None for one that is anything else."""
    return [_label(part, scope) for part in parts]


def _label(part: tree.Pipeline, scope: Scope) -> str | None:
    if isinstance(part.source, tree.TableName):
        return part.source.name if scope.find(part.source.name) is None else None
    steps = part.source.pipeline.operators if isinstance(part.source, tree.Inner) else []
    return steps[-1].name if steps and isinstance(steps[-1], As) else None


def union(binder: PipelineBinder, source: tree.Union, parts: list[Rows], names: list[str | None]) -> Rows:
    """The rows of all parts with the columns of all, or those they share; where types differ, a column for each."""
    if source.label:
        parts = [
            _labelled(binder, source, part, names[place] or f"union_arg{place}") for place, part in enumerate(parts)
        ]
    kinds: dict[str, list[str]] = {}
    for part in parts:
        for column in part.columns.values():
            known = kinds.setdefault(column.name, [])
            if column.type not in known:
                known.append(column.type)
    wanted = [
        (name if len(types) == 1 else f"{name}_{kind}", name, kind)
        for name, types in kinds.items()
        for kind in types
        if not source.inner or all(name in part.columns and part.columns[name].type == kind for part in parts)
    ]
    columns = {
        made: Column(made, kind, binder.variable(), _read(parts, name), wrapped=_wrapped(parts, name))
        for made, name, kind in wanted
    }
    arranged = [_arranged(part, wanted) for part in parts]
    return Rows(columns, Origin(columns=list(columns.values()), parts=arranged), open=any(part.open for part in parts))


def _labelled(binder: PipelineBinder, source: tree.Union, part: Rows, name: str) -> Rows:
    """The rows with the name of where they come from before them."""
    word = binder.variable()
    column = Column(source.label, "string", word, span=source.span, nullable=False)
    return part.then({source.label: column, **part.columns}, Assign(word, constant("string", name, source.span)))


def _read(parts: list[Rows], name: str) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for part in parts:
        if name in part.columns:
            found |= part.columns[name].reads
    return found


def _wrapped(parts: list[Rows], name: str) -> bool:
    return any(part.columns[name].wrapped for part in parts if name in part.columns)


def _arranged(part: Rows, wanted: list[tuple[str, str, str]]) -> Rows:
    columns: dict[str, Column] = {}
    for made, name, kind in wanted:
        column = part.columns.get(name)
        if column is not None and column.type == kind:
            columns[made] = column
        else:
            columns[made] = Column(made, kind, '""' if kind == "string" else "(None)", nullable=True)
    return part.then(columns)
