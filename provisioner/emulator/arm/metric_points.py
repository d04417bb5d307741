"""The points of metrics: what rules and queries count as it happens, and what the stored rows of a workspace show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.emulator.arm import tables

if TYPE_CHECKING:
    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource

QUERIES, FAILED_QUERIES = "Query Count", "Query Failure Count"
_AVAILABILITY, _VOLUME, _TIME = "AvailabilityRate_Query", "Ingestion Volume", "Ingestion Time"
# Queries of alerts and of Sentinel are none of a user, and nothing here sends them.
_BY_A_USER = "true"


@dataclass(frozen=True, slots=True)
class Point:
    """What was counted in one minute for one value of each dimension."""

    minute: int
    dimensions: dict[str, str]
    count: float
    total: float
    minimum: float
    maximum: float


def record_counts(state: EmulatorState, resource: str, dimension: str, counts: dict[str, int], instant: float) -> None:
    """Add metric name → count to the minute of an instant; `dimension` is the value of the resource's first one."""
    # Azure's finest grain is a minute.
    minute = int(instant // 60 * 60)
    rows = [(resource.lower(), dimension, minute, name, value) for name, value in counts.items() if value]
    with state.store.write() as db:
        db.executemany(
            "INSERT INTO metrics VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value", rows
        )


def record_query(state: EmulatorState, workspace: StoredResource, *, failed: bool) -> None:
    """Count a query of a workspace; one `failed` where the service could not answer it."""
    record_counts(state, workspace.id, _BY_A_USER, {QUERIES: 1, FAILED_QUERIES: int(failed)}, state.clock.now())


def points_of(state: EmulatorState, resource: StoredResource, metric: str, span: tuple[float, float]) -> list[Point]:
    """The points of a metric between two instants, in the order of time; none of a metric that is not counted here."""
    if metric == _AVAILABILITY:
        return list(_availability(state, resource, span))
    if metric in (_VOLUME, _TIME):
        return list(_ingestion(state, resource, span, timed=metric == _TIME))
    dimension = "IsUserQuery" if metric in (QUERIES, FAILED_QUERIES) else "InputStreamId"
    return [
        Point(minute, {dimension: value}, count, count, count, count)
        for value, minute, count in _counted(state, resource, metric, span)
    ]


def _counted(
    state: EmulatorState, resource: StoredResource, metric: str, span: tuple[float, float]
) -> Iterator[tuple[str, int, float]]:
    start, end = span
    sql = (
        "SELECT stream, minute, value FROM metrics WHERE rule = ? AND name = ? AND minute > ? AND minute < ? "
        "ORDER BY minute"
    )
    # The minute in which the span begins belongs to it.
    yield from state.store.read_connection().execute(sql, (resource.key, metric, start - 60, end))


def _availability(state: EmulatorState, workspace: StoredResource, span: tuple[float, float]) -> Iterator[Point]:
    """The part of the queries that the service answered, in percent."""
    failed = {minute: count for _value, minute, count in _counted(state, workspace, FAILED_QUERIES, span)}
    for value, minute, count in _counted(state, workspace, QUERIES, span):
        rate = 100 * (count - failed.get(minute, 0)) / count
        yield Point(minute, {"IsUserQuery": value}, count, rate * count, rate, rate)


def _ingestion(
    state: EmulatorState, workspace: StoredResource, span: tuple[float, float], *, timed: bool
) -> Iterator[Point]:
    """Rows by table and minute of receipt: how many, or how long they took until a query could see them."""
    prefix = f"{workspace.body['properties']['customerId']}/"
    start, end = span
    # "0" is the character behind "/": from prefix to there are the tables of this workspace.
    sql = (
        "SELECT place, CAST(received / 60 AS INTEGER) * 60 AS minute, SUM(size), SUM(size * (visible - received)), "
        "MIN(visible - received), MAX(visible - received) FROM chunks WHERE place >= ? AND place < ? "
        "AND received >= ? AND received < ? GROUP BY place, minute ORDER BY minute"
    )
    values = (prefix, f"{prefix[:-1]}0", start // 60 * 60, end)
    for place, minute, count, seconds, least, most in state.store.read_connection().execute(sql, values):
        name = place.removeprefix(prefix)
        table = tables.find_table(state, workspace, name)
        plan = str(table.private["plan"]) if table is not None else "Analytics"
        dimensions = {"Table Name": name, "TableClassification": plan}
        yield Point(minute, dimensions, count, *((seconds, least, most) if timed else (count, count, count)))
