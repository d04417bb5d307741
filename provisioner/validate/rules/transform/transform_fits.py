"""What a transform gives is what its table takes: the same columns, of the same types.

Why: Azure refuses other types (InvalidTransformOutput), drops columns that the table lacks and leaves those null that
nothing writes, both without a word.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, Amount: real}}}
    streams:
      Custom-Orders:
        columns: {time: datetime, amount: string}
        table: Orders_CL
        transform: source | project TimeGenerated = time, Amount = amount
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, Amount: real}}}
    streams:
      Custom-Orders:
        columns: {time: datetime, amount: string}
        table: Orders_CL
        transform: source | project TimeGenerated = time, Amount = toreal(amount)
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-create
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from provisioner.diagnostics import Diagnostic, RelatedPlace
from provisioner.model import TYPES, Flow, builtin_stream_table
from provisioner.model.reserved_columns import is_filled_by_azure
from provisioner.suggest import intended_name
from provisioner.transforms.builtin_tables import builtin_columns_date, builtin_table, is_newer_than_list
from provisioner.transforms.table_columns import known_columns
from provisioner.validate.context import Context
from provisioner.validate.name_checks import is_reserved_column, may_be_column
from provisioner.validate.rule import rule

_AT: dict[str, Literal["key", "value"]] = {"FIT001": "key", "FIT003": "value", "FIT005": "value"}
_HINTS = {
    "FIT001": "add the column to the table, or take it out of the stream",
    "FIT003": "give both the same type, or write a transform that casts it",
    "FIT005": "declare it as datetime, or write a transform that casts it",
}


_OF_SEVERAL = {
    ("FIT001", "warning"): "{names} are no columns of the table; Azure drops them in silence",
    ("FIT002", "warning"): "nothing writes the table's columns {names}; they are always null",
    ("FIT006", "warning"): "{names} are null in every row",
}
"""Code and severity → what is said of several columns of one flow."""

_SHOWN_BY_VERIFY = "`provisioner verify` sends a row and shows whether it arrives"


@rule("FIT", on=Flow, family=True)
def transform_fits(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    stream, manifest = context.owner, context.manifest
    columns = known_columns(flow.table, manifest)
    from_this_table = not stream.declared and builtin_stream_table(stream.name) in (None, flow.table)
    if columns is None or (from_this_table and not flow.written):
        return  # the table's columns are not known, or the stream's were taken from that very table
    if not (context.is_intact(*stream.path) and context.is_intact("tables", flow.table)):
        return
    for diagnostic in context.transforms.fit(stream, flow, columns):
        column = diagnostic.subject
        if diagnostic.code == "FIT002" and (
            builtin_table(flow.table)
            or is_reserved_column(column)
            or column in context.transforms.written_columns(flow.table, manifest)
        ):
            # No transform fills all columns of a built-in table, Azure fills its own, another flow may fill the rest.
            continue
        if diagnostic.code == "FIT004" and not flow.written:
            continue  # STR002 reports it on the stream
        if diagnostic.code == "FIT003" and not flow.written and _has_impossible_type(column, context):
            continue  # STR001 reports it on the stream; its fix may well fix this one too
        if diagnostic.code == "FIT001" and column is not None:
            if is_filled_by_azure(column):
                continue  # TRN001 reports it
            diagnostic = _judged_drop(diagnostic, column, flow.table, columns, context)  # noqa: PLW2901
        of_several = _OF_SEVERAL.get((diagnostic.code, diagnostic.severity))
        diagnostic = replace(  # noqa: PLW2901
            diagnostic,
            related=_table_places(flow, column, context),
            group=context.group(diagnostic.code, of_several) if of_several else None,
        )
        if flow.written:
            yield context.move_to_manifest(diagnostic, "transform")
        else:
            yield _at_written_column(diagnostic, column, flow.table, context)


def _table_places(flow: Flow, column: str | None, context: Context) -> tuple[RelatedPlace, ...]:
    """The table's column, or else the table, where the manifest declares it."""
    path = ("tables", flow.table, "columns", column or "")
    declared = path if context.document.explicit(path) else ("tables", flow.table)
    if not context.document.explicit(declared):
        return ()
    what = f"the column of {flow.table}" if declared == path else f"the table {flow.table}"
    return (RelatedPlace(what, context.document.place(declared, at="key")),)


def _judged_drop(
    diagnostic: Diagnostic, column: str, table: str, columns: Mapping[str, str], context: Context
) -> Diagnostic:
    """The remark on a column that the table lacks, as far as it is known that it does, with a hint that can be followed."""
    if is_newer_than_list(table, column) and intended_name(column, columns) is None:
        date = builtin_columns_date(table)
        message = f"{column!r} is not in our list of the columns of {table} ({date}); Azure may have added it since"
        hint = diagnostic.hint if diagnostic.intended else _SHOWN_BY_VERIFY
        return replace(diagnostic, severity="info", message=message, hint=hint)
    if diagnostic.intended is None and not may_be_column(column, context.policy):
        return replace(diagnostic, hint="write it to a column of another name, or take it out with `project-away`")
    return diagnostic


def _has_impossible_type(column: str | None, context: Context) -> bool:
    """Whether the stream declares the column with a type that streams do not have."""
    type_ = context.owner.columns.get(column or "")
    return type_ in TYPES and TYPES[type_].stream is None


def _at_written_column(diagnostic: Diagnostic, column: str | None, table: str, context: Context) -> Diagnostic:
    """Where rows pass as they are, the columns that disagree are what the author wrote."""
    if column is not None and column in context.owner.columns:
        position = context.document.place(("streams", context.owner.key, "columns", column), _AT[diagnostic.code])
    else:
        position = context.document.place(("tables", table, "columns", column or ""), "key")
    hint = _HINTS.get(diagnostic.code, diagnostic.hint)
    if diagnostic.code == "FIT001" and column is not None:
        if diagnostic.severity == "info" or diagnostic.intended:
            hint = diagnostic.hint
        elif not may_be_column(column, context.policy):
            hint = "take it out of the stream, or write a transform that gives it another name"
    return replace(diagnostic.at(position), hint=hint)
