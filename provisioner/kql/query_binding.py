"""From text to Query: parse, gate, bind; mistakes come back as diagnostics, never as exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from provisioner.diagnostics import Diagnostic, Span, has_failures
from provisioner.kql.vocabulary.scalar_types import canonical

if TYPE_CHECKING:
    from provisioner.kql.binding.pipeline_binder import PipelineBinder
    from provisioner.kql.ir.bound_query import Query
    from provisioner.kql.ir.scope import Rows
    from provisioner.kql.vocabulary.dialects import Dialect

Columns = Mapping[str, str]


def bind(
    text: str,
    columns: Columns | None = None,
    *,
    tables: Mapping[str, Columns] | None = None,
    dialect: Dialect = "transform",
) -> tuple[Query | None, list[Diagnostic]]:
    """The query that a text says, and what there is to say about it; None where a diagnostic is an error.

    `columns` are those of the table `source`; `tables` names several. Types are spelt as in KQL or in a manifest;
    an unknown spelling is taken as dynamic. Never raises for bad text; an unknown dialect is a ValueError.
    """
    named = {**({"source": columns} if columns is not None else {}), **(tables or {})}
    known = {name: {column: canonical(kind) or "dynamic" for column, kind in c.items()} for name, c in named.items()}
    try:
        return _bind(text, known, dialect)
    except RecursionError:
        whole = Span(0, len(text))
        return None, [
            Diagnostic("KQL003", "error", "the text is nested too deeply", whole, hint="name parts with `let`")
        ]


def _bind(
    text: str, tables: Mapping[str, Mapping[str, str]], dialect: Dialect
) -> tuple[Query | None, list[Diagnostic]]:  # fmt: skip
    from provisioner.kql.binding.expression_binder import Exhausted
    from provisioner.kql.binding.pipeline_binder import PipelineBinder
    from provisioner.kql.syntax.query_parser import parse
    from provisioner.kql.vocabulary import dialects  # the language is loaded with the first text, not with the package

    if dialect not in get_args(dialects.Dialect):
        raise ValueError(f"no dialect {dialect!r}; one of: {', '.join(get_args(dialects.Dialect))}")
    found: list[Diagnostic] = []
    most = dialects.limit("transform_characters")
    if dialect == "transform" and len(text) > most:
        message = f"a transformation of {len(text):,} characters; Azure takes {most:,}"
        found.append(Diagnostic("KQL006", "error", message, Span(most, len(text)), source=dialects.source("limits")))
    script, parser = parse(text)
    found.extend(_sourced(each, dialect) for each in parser.diagnostics)
    binder = PipelineBinder(text, tables, dialect)
    rows: Rows | None = None
    try:
        rows = binder.script(script)
    except Exhausted:
        pass
    else:
        if rows is None and not found:
            message = "the text holds no query"
            found.append(Diagnostic("KQL005", "error", message, Span(0, len(text)), hint="`source` passes records on"))
    found.extend(binder.diagnostics)
    found.sort(key=lambda diagnostic: (diagnostic.span, diagnostic.code))
    if rows is None or has_failures(found):
        return None, found
    return _query(text, dialect, tables, binder, rows), found


def _sourced(diagnostic: Diagnostic, dialect: Dialect) -> Diagnostic:
    """A refusal by the reader with the page that speaks for it: the reader does not know the dialect."""
    from provisioner.kql.vocabulary import dialects

    if diagnostic.code != "KQL201":
        return diagnostic
    return replace(diagnostic, source=dialects.source("list" if dialect == "transform" else "kusto"))


def _query(
    text: str,
    dialect: Dialect,
    tables: Mapping[str, Mapping[str, str]],
    binder: PipelineBinder,
    rows: Rows,
) -> Query:
    from provisioner.kql.ir.bound_query import Query

    order = {column: place for place, column in enumerate(name for columns in tables.values() for name in columns)}
    outputs = rows.columns.values()
    used = {*binder.used, *rows.filters, *(name for column in outputs for name in column.reads)}
    makers = {name: span for name, span, _ in binder.makers}
    origins = list(_origins(rows))
    return Query(
        text=text,
        dialect=dialect,
        columns={column.name: column.type for column in outputs},
        reads=tuple(sorted(used, key=order.__getitem__)),
        lineage={column.name: tuple(sorted(column.reads, key=order.__getitem__)) for column in outputs},
        volatile={column.name: column.volatile for column in outputs if column.volatile},
        spans={name: makers.get(name, column.span) for name, column in rows.columns.items()},
        tables=tuple(dict.fromkeys(origins)),
        rows=rows,
        shared=binder.shared,
        repeats=len(origins) > len(set(origins)),
        makers=tuple(binder.makers),
    )


def _origins(rows: Rows) -> list[str]:
    """The tables that rows are read from, each as often as it is read."""
    own = [rows.origin.table] if rows.origin.table is not None else []
    return [*own, *(table for part in rows.origin.parts for table in _origins(part))]
