"""A value in a record of samples or tests becomes a value of its column.

Why: Azure answers 204 to numbers sent as text and to dates in a form that it does not read, and stores null; a table of
plan auxiliary refuses a call with nested JSON in a column that is not dynamic. In a test such a value may be what the
test is about: there it is only said.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, Amount: int}}}
    streams:
      Custom-Orders:
        table: Orders_CL
        samples: [{TimeGenerated: "2026-01-01T10:00:00Z", Amount: "85"}]
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, Amount: int}}}
    streams:
      Custom-Orders:
        table: Orders_CL
        samples: [{TimeGenerated: "2026-01-01T10:00:00Z", Amount: 85}]
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from provisioner.diagnostics import Diagnostic
from provisioner.model import PASSTHROUGH, TYPES, Manifest, Stream
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.manifest_parts import stream_records
from provisioner.validate.rule import rule

_TIME = "TimeGenerated"


@rule("STR009", on=Stream, severity="warning", workspace_transforms=True)
def record_value(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    # One finding of a severity for each column and place: a wrong type mostly stands in every record, and a value that
    # is only lost must not hide one that fails the whole call.
    reported: set[tuple[str, str, str]] = set()
    for path, record in stream_records(stream):
        for name, value in record.items():
            type_ = stream.columns.get(name)
            place = str(path[0])
            if type_ not in TYPES or value is None or (name, place, "error") in reported:
                continue
            for finding in _value_findings(stream, context, (*path, name), name, value):
                if (name, place, finding.severity) not in reported:
                    reported.add((name, place, finding.severity))
                    yield finding


def _value_findings(
    stream: Stream, context: Context, path: tuple[str | int, ...], name: str, value: Any
) -> Iterator[Diagnostic]:
    # Imported late: a manifest without records never loads the query language.
    from provisioner.kql.values.json_coercion import value_loss

    in_samples = path[0] == "samples"
    loss = value_loss(value, stream.columns[name])
    refusing = [
        refused
        for plan in _plans_of_unchanged_column(context, stream, name)
        if (refused := value_loss(value, stream.columns[name], plan)) and refused.is_refusal
    ]
    shown = f"{_shown(value)} in the column {name!r} of type {stream.columns[name]}"
    if refusing:
        yield context.error(f"{shown}: {refusing[0].note}", *path, source=_source(refusing[0]))
    elif loss is not None:
        finding = context.warning if in_samples else context.info
        yield finding(f"{shown}: {loss.note}", *path, source=_source(loss))
    elif in_samples and name == _TIME and isinstance(value, str) and _is_unread_time(context.manifest, stream, value):
        message = (
            f"{value!r}: a table of plan auxiliary reads times with six decimals alone; the time of receipt arrives"
        )
        facts = load_facts("limits.yaml")["batch"]["time_format"]
        hint = "send 2026-01-31T10:00:00.000000Z, or write a transform, which reads every form"
        yield context.warning(message, *path, hint=hint, source=facts["source"])


def _plans_of_unchanged_column(context: Context, stream: Stream, name: str) -> set[str]:
    """The plans of tables into which the column's values go as they are, where the table's column is not dynamic."""
    plans: set[str] = set()
    for flow in stream.flows:
        table = context.manifest.tables.get(flow.table)
        # Only these refuse a value for its kind: no transform is bound for the others.
        if table is None or not load_facts("coercion.yaml")["plans"][table.plan]:
            continue
        unchanged = context.transforms.facts(stream, flow).unchanged.items()
        if any(source == name and table.columns.get(output, "dynamic") != "dynamic" for output, source in unchanged):
            plans.add(table.plan)
    return plans


def _is_unread_time(manifest: Manifest, stream: Stream, text: str) -> bool:
    """Whether a table reads this time of a stream without a transform in another form only."""
    facts = load_facts("limits.yaml")["batch"]["time_format"]
    tables = [manifest.tables.get(flow.table) for flow in stream.flows if flow.transform.strip() == PASSTHROUGH]
    is_direct = any(table and table.plan in facts["plans"] for table in tables)
    return is_direct and re.fullmatch(facts["pattern"], text) is None


def _source(loss: Any) -> str | None:
    return loss.coercion.evidence[0].source if loss.coercion.evidence else None


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."
