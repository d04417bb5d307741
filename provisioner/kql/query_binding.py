"""From text to Query: parsed, checked against the dialect, bound; mistakes come back as diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from provisioner.diagnostics import Diagnostic, Span, has_failures
from provisioner.kql.vocabulary.scalar_types import canonical_type

if TYPE_CHECKING:
    from provisioner.fact_evidence import EvidencePolicy
    from provisioner.kql.binding.pipeline_binder import PipelineBinder
    from provisioner.kql.ir.bound_query import Query
    from provisioner.kql.ir.row_steps import Rows
    from provisioner.kql.vocabulary.dialects import Dialect

Columns = Mapping[str, str]


def bind(
    text: str,
    columns: Columns | None = None,
    *,
    tables: Mapping[str, Columns] | None = None,
    dialect: Dialect = "transform",
    policy: EvidencePolicy = "newest",
) -> tuple[Query | None, list[Diagnostic]]:
    """The query that a text says, and the diagnostics about it; None where one of them is an error.

    `columns` are those of the table `source`; `tables` names several. Types are spelt as in KQL or in a manifest;
    an unknown spelling is taken as dynamic. `policy` says which evidence decides what the dialect takes. Never raises
    for bad text; an unknown dialect is a ValueError.
    """
    named_tables = {**({"source": columns} if columns is not None else {}), **(tables or {})}
    typed_tables = {
        table: {name: canonical_type(spelling) or "dynamic" for name, spelling in table_columns.items()}
        for table, table_columns in named_tables.items()
    }
    try:
        return _bind(text, typed_tables, dialect, policy)
    except RecursionError:
        # the parser bounds what stands in brackets; a chain of accesses or lets may still be deeper than Python's stack
        whole = Span(0, len(text))
        hint = "name parts with `let`"
        return None, [Diagnostic("KQL003", "error", "the text is nested too deeply", whole, hint=hint)]


def _bind(
    text: str, tables: Mapping[str, Mapping[str, str]], dialect: Dialect, policy: EvidencePolicy
) -> tuple[Query | None, list[Diagnostic]]:  # fmt: skip
    # the language is loaded with the first text, not with the package: most commands bind none
    from provisioner.kql.binding.expression_binder import BindingBudgetExceeded
    from provisioner.kql.binding.pipeline_binder import PipelineBinder
    from provisioner.kql.operators import OPERATOR_PARSERS, OPERATOR_TABLE
    from provisioner.kql.syntax.query_parser import parse_query
    from provisioner.kql.vocabulary import dialects

    if dialect not in get_args(dialects.Dialect):
        raise ValueError(f"no dialect {dialect!r}; one of: {', '.join(get_args(dialects.Dialect))}")
    # what could be read is bound all the same, so that every mistake of a text shows in one run
    script, syntax_errors = parse_query(text, OPERATOR_PARSERS)
    diagnostics = [*_check_length(text, dialect), *(_with_source(error, dialect) for error in syntax_errors)]
    binder = PipelineBinder(text, tables, dialect, OPERATOR_TABLE, policy)
    rows: Rows | None = None
    try:
        rows = binder.bind_script(script)
    except BindingBudgetExceeded:
        pass  # the binder has reported it
    else:
        if rows is None and not diagnostics:
            whole = Span(0, len(text))
            hint = "`source` passes records on"
            diagnostics.append(Diagnostic("KQL005", "error", "the text holds no query", whole, hint=hint))
    diagnostics.extend(binder.diagnostics)
    if rows is not None and not has_failures(diagnostics):
        diagnostics.sort(key=_text_order)
        return _make_query(binder, rows), diagnostics
    return None, sorted(_without_pieces_of_names(text, tables, dialect, policy, diagnostics), key=_text_order)


def _text_order(diagnostic: Diagnostic) -> tuple[Span, str]:
    return diagnostic.span, diagnostic.code


def _without_pieces_of_names(
    text: str,
    tables: Mapping[str, Mapping[str, str]],
    dialect: Dialect,
    policy: EvidencePolicy,
    diagnostics: list[Diagnostic],
) -> list[Diagnostic]:
    """The diagnostics; where names lack their brackets, one for each, and those of the text in which they have them."""
    from provisioner.kql.unquoted_names import UnquotedNames

    columns = dict.fromkeys(name for table_columns in tables.values() for name in table_columns)
    names = UnquotedNames(text, columns, diagnostics)
    if not names:
        return diagnostics
    # each round puts at least one more name into brackets, so that this ends
    _, others = _bind(names.quoted_text(), tables, dialect, policy)
    return [*names.remarks(), *map(names.moved_back, others)]


def _check_length(text: str, dialect: Dialect) -> list[Diagnostic]:
    from provisioner.kql.vocabulary import dialects

    max_characters = dialects.language_limit("transform_characters")
    if dialect != "transform" or len(text) <= max_characters:
        return []
    message = f"a transformation of {len(text):,} characters; Azure takes {max_characters:,}"
    source = dialects.source_address("limits")
    return [Diagnostic("KQL006", "error", message, Span(max_characters, len(text)), source=source)]


def _with_source(diagnostic: Diagnostic, dialect: Dialect) -> Diagnostic:
    """The parser's refusal of an operator with the page that says so, which depends on the dialect."""
    from provisioner.kql.vocabulary import dialects

    if diagnostic.code != "KQL201":
        return diagnostic
    return replace(diagnostic, source=dialects.source_address("list" if dialect == "transform" else "kusto"))


def _make_query(binder: PipelineBinder, rows: Rows) -> Query:
    from provisioner.kql.ir.bound_query import Query

    input_columns = (name for columns in binder.tables.values() for name in columns)
    order = {name: position for position, name in enumerate(input_columns)}
    outputs = rows.columns.values()
    reads = {*binder.used_columns, *rows.filter_columns, *(name for column in outputs for name in column.reads)}
    definition_spans = {name: span for name, span, _ in binder.column_definitions}
    tables = _tables_read(rows)
    return Query(
        text=binder.text,
        dialect=binder.dialect,
        columns={column.name: column.type for column in outputs},
        reads=tuple(sorted(reads, key=order.__getitem__)),
        lineage={column.name: tuple(sorted(column.reads, key=order.__getitem__)) for column in outputs},
        volatile={column.name: column.volatile for column in outputs if column.volatile},
        spans={name: definition_spans.get(name, column.span) for name, column in rows.columns.items()},
        tables=tuple(dict.fromkeys(tables)),
        rows=rows,
        shared_values=binder.shared_values,
        reads_table_twice=len(tables) > len(set(tables)),
        column_definitions=tuple(binder.column_definitions),
    )


def _tables_read(rows: Rows) -> list[str]:
    """The tables that rows are read from, each as often as it is read."""
    own = [rows.source.table] if rows.source.table is not None else []
    return [*own, *(table for part in rows.source.parts for table in _tables_read(part))]
