"""The records run through the transform as it is in Azure, here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner import kql
from provisioner.diagnose.evidence import Case
from provisioner.probes.expected_row import instant
from provisioner.transforms.transform_rows import rows


def live_text(case: Case) -> str | None:
    """The live transform into the table; None where no live flow leads there."""
    flows = case.scene.flows(case.rule, case.stream)
    return next((flow.transform for flow in flows if flow.table == case.leg.table), None)


def live_query(case: Case) -> kql.Query | None:
    """The live transform, bound to the live stream's columns; None where it cannot be run here."""
    text = live_text(case)
    if text is None:
        return None
    declared = case.scene.stream_columns(case.rule, case.stream)
    columns = case.shot.stream.columns.kql() if declared is None else _kql(declared)
    query, _ = kql.bind(text, columns)
    return query


def edited(case: Case) -> bool:
    """Whether the live transform says something else than the manifest's."""
    text = live_text(case)
    return text is not None and not kql.same(text, case.leg.lane.flow.transform)


def as_wanted(case: Case) -> bool:
    """Whether the live rule carries the stream into the table as the manifest says."""
    live = case.scene.stream_columns(case.rule, case.stream)
    whole = live is None or all(name in live for name in case.shot.stream.columns)
    return whole and live_text(case) is not None and not edited(case)


def live_rows(case: Case) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """What each record that must arrive becomes by the live transform; None where that drops it."""
    query = live_query(case)
    if query is None:
        return
    for number, record in numbered(case):
        made = rows(query, [record], case.shot.made)
        yield number, made[0] if made else None


def numbered(case: Case) -> Iterator[tuple[int, Any]]:
    """The records that must arrive in the table, with their numbers."""
    yield from ((number, case.shot.records[number - case.shot.first]) for number in case.leg.expected)


def time_of(row: dict[str, Any]) -> Any:
    """The row's TimeGenerated as an aware datetime, or None."""
    return instant(row.get("TimeGenerated"))


def _kql(columns: dict[str, str]) -> dict[str, str]:
    from provisioner.model import column_type

    return {name: known.kql if (known := column_type(type_)) else "string" for name, type_ in columns.items()}
