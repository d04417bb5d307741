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

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from provisioner.diagnostics import Diagnostic
from provisioner.model import TYPES, Flow
from provisioner.transforms.bound_transforms import columns_of, subject
from provisioner.transforms.builtin_tables import builtin
from provisioner.validate.context import Context
from provisioner.validate.name_checks import reserved
from provisioner.validate.rule import rule

_AT: dict[str, Literal["key", "value"]] = {"FIT001": "key", "FIT003": "value", "FIT005": "value"}
_HINTS = {
    "FIT001": "add the column to the table, or take it out of the stream",
    "FIT003": "give both the same type, or write a transform that casts it",
    "FIT005": "declare it as datetime, or write a transform that casts it",
}


@rule("FIT", on=Flow, family=True)
def transform_fits(flow: Flow, context: Context) -> Iterator[Diagnostic]:
    stream, manifest = context.owner, context.manifest
    columns = columns_of(flow.table, manifest)
    if columns is None or not (stream.declared or flow.written):
        return  # nothing to hold it against, or made from the very table
    if not (context.trusted("streams", stream.key) and context.trusted("tables", flow.table)):
        return
    for each in context.proof.fit(stream, flow, columns):
        column = subject(each)
        if each.code == "FIT002" and (
            builtin(flow.table) or reserved(column) or column in context.proof.written(flow.table, manifest)
        ):
            continue  # nobody fills all of a built-in table, Azure its own columns, another flow what this one does not
        if each.code == "FIT004" and not flow.written:
            continue  # told of the stream itself
        if each.code == "FIT003" and not flow.written and _impossible(column, context):
            continue  # told of the stream itself: its repair may well be this one's
        if flow.written:
            yield context.shifted(each, "transform")
        else:
            yield _of_columns(each, column, flow.table, context)


def _impossible(column: str | None, context: Context) -> bool:
    """Whether the stream declares the column with a type that streams do not have."""
    type_ = context.owner.columns.get(column or "")
    return type_ in TYPES and TYPES[type_].stream is None


def _of_columns(diagnostic: Diagnostic, column: str | None, table: str, context: Context) -> Diagnostic:
    """Where rows pass as they are, the columns that disagree are what the author wrote."""
    if column is not None and column in context.owner.columns:
        place = context.document.place(("streams", context.owner.key, "columns", column), _AT[diagnostic.code])
    else:
        place = context.document.place(("tables", table, "columns", column or ""), "key")
    return replace(diagnostic.at(place), hint=_HINTS.get(diagnostic.code, diagnostic.hint))
