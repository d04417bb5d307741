"""Metrics of rules and workspaces: which there are, and their values by the minute, summed up and split as asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from provisioner.emulator.arm.metric_facts import Metric, dimension_names, metrics_of, reading_facts
from provisioner.emulator.arm.metric_points import Point, points_of
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.timespan import parse_duration, parse_timespan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from provisioner.emulator.http.request import Request
    from provisioner.emulator.store import StoredResource

_FULL = "FULL"
"""The interval that makes one point of the whole span."""

_CONDITION = re.compile(r"\s*'?(?P<name>[^']+?)'?\s+eq\s+'(?P<value>[^']*)'\s*", re.IGNORECASE)
_VALUES: dict[str, Callable[[list[Point]], float]] = {
    "average": lambda points: sum(point.total for point in points) / max(sum(point.count for point in points), 1),
    "minimum": lambda points: min(point.minimum for point in points),
    "maximum": lambda points: max(point.maximum for point in points),
    "total": lambda points: sum(point.total for point in points),
    "count": lambda points: sum(point.count for point in points),
}


def list_definitions(request: Request) -> Response:
    """The metrics that a resource has; other types than those in `schemas/metrics.yaml` are not counted here."""
    resource = _require(request)
    return Response(200, {"value": [_definition(resource, metric) for metric in metrics_of(resource.type).values()]})


def _definition(resource: StoredResource, metric: Metric) -> dict[str, object]:
    facts, shown = reading_facts(), dimension_names(resource.type)
    return {
        "id": f"{resource.id}/providers/microsoft.insights/metricdefinitions/{metric.name}",
        "resourceId": resource.id,
        "namespace": resource.type.lower(),
        "name": {"value": metric.name, "localizedValue": metric.shown},
        "isDimensionRequired": False,
        "unit": metric.unit,
        "primaryAggregationType": metric.read_as[0],
        "supportedAggregationTypes": list(metric.read_as),
        "metricAvailabilities": [
            {"timeGrain": interval, "retention": facts["retention"]} for interval in facts["intervals"]
        ],
        "dimensions": [{"value": name, "localizedValue": shown[name]} for name in metric.dimensions],
    }


def get(request: Request) -> Response:
    """The metrics asked for, as series of points that have a value; `$filter` narrows them and splits them.

    Raises ApiError 400 for a metric, a dimension, an interval, an aggregation or a timespan that is none.
    """
    resource = _require(request)
    metrics = _asked_metrics(request, resource)
    start, end, interval, seconds = _asked_time(request)
    conditions = _conditions(_asked(request, "$filter"), metrics)
    asked = _asked_aggregations(request)
    values = [
        _metric_body(
            resource, metric, _split(_points(request, resource, metric, (start, end)), conditions), seconds, asked
        )
        for metric in metrics
    ]
    body = {
        "cost": 0,
        "timespan": f"{_text(start.timestamp())}/{_text(end.timestamp())}",
        "interval": interval,
        "value": values,
        "namespace": resource.type.lower(),
        "resourceregion": str(resource.body.get("location", "")),
    }
    return Response(200, body)


def _require(request: Request) -> StoredResource:
    scope = request.path_params["scope"]
    resource = request.state.store.get(scope)
    if resource is None:
        raise ApiError(404, "ResourceNotFound", f"The resource '{scope}' was not found.")
    return resource


def _asked(request: Request, name: str) -> str:
    # azure-cli encodes its timespan twice, and the service takes it.
    return unquote(request.query.get(name, ""))


def _asked_metrics(request: Request, resource: StoredResource) -> list[Metric]:
    defined = metrics_of(resource.type)
    names = [name.strip() for name in _asked(request, "metricnames").split(",") if name.strip()]
    if unknown := [name for name in names if name.lower() not in defined]:
        raise _bad(
            f"Failed to find metric configuration for provider: {resource.type.partition('/')[0]}, resource Type: "
            f"{resource.type.partition('/')[2]}, metric: {','.join(unknown)}, Valid metrics: "
            f"{','.join(metric.name for metric in defined.values())}"
        )
    # Without a name the service gives one metric alone; all of them say more, and none less.
    return [defined[name.lower()] for name in names] or list(defined.values())


def _asked_time(request: Request) -> tuple[datetime, datetime, str, float]:
    """Start, end, the interval as it is named and in seconds."""
    span = _asked(request, "timespan") or "PT1H"
    try:
        start, end = parse_timespan(span, datetime.fromtimestamp(request.state.clock.now(), UTC))
    except (ValueError, OverflowError) as error:
        raise _bad(f"Invalid timespan '{span}': {error}") from error
    interval = _asked(request, "interval") or reading_facts()["sampled"]
    if interval.upper() == _FULL:
        return start, end, _FULL, max((end - start).total_seconds(), 1)
    offered = reading_facts()["intervals"]
    try:
        seconds = parse_duration(interval).total_seconds()
    except (ValueError, OverflowError):
        seconds = 0
    if seconds not in [parse_duration(one).total_seconds() for one in offered]:
        raise _bad(f"Detected invalid time grain input: {interval}, supported ones are: {','.join(offered)}")
    return start, end, interval, seconds


def _asked_aggregations(request: Request) -> list[str]:
    asked = [name.strip() for name in _asked(request, "aggregation").split(",") if name.strip()]
    offered = {name.lower(): name for name in reading_facts()["aggregations"]}
    if unknown := [name for name in asked if name.lower() not in offered]:
        raise _bad(f"Invalid aggregation '{unknown[0]}': it is one of {', '.join(offered.values())}")
    return asked


def _conditions(text: str, metrics: Iterable[Metric]) -> dict[str, set[str]]:
    """Dimension → the values that are accepted of it; `*` is all, each in a series of its own."""
    conditions: dict[str, set[str]] = {}
    offered = {name.lower(): name for metric in metrics for name in metric.dimensions}
    for part in re.split(r"\s+(?:and|or)\s+", text.strip(), flags=re.IGNORECASE) if text.strip() else []:
        match = _CONDITION.fullmatch(part.strip("() "))
        if match is None:
            raise _bad(f"Invalid filter '{text}': it is made of conditions such as Name eq 'value', joined by and, or")
        if match["name"].lower() not in offered:
            raise _bad(f"The dimension '{match['name']}' is none of these metrics: {', '.join(offered.values())}")
        conditions.setdefault(offered[match["name"].lower()], set()).add(match["value"].lower())
    return conditions


def _points(request: Request, resource: StoredResource, metric: Metric, span: tuple[datetime, datetime]) -> list[Point]:
    start, end = span
    # The minute that has begun counts: Azure shows it late, and a test would have to wait for it.
    return points_of(
        request.state, resource, metric.name, (start.timestamp(), (end + timedelta(minutes=1)).timestamp())
    )


def _split(points: Iterable[Point], conditions: dict[str, set[str]]) -> dict[tuple[tuple[str, str], ...], list[Point]]:
    """The points by the values of the dimensions that a filter names; all under one key without a filter."""
    series: dict[tuple[tuple[str, str], ...], list[Point]] = {}
    for point in points:
        if all(_accepts(values, point.dimensions.get(name, "")) for name, values in conditions.items()):
            key = tuple((name, point.dimensions.get(name, "")) for name in conditions)
            series.setdefault(key, []).append(point)
    return series


def _accepts(values: set[str], value: str) -> bool:
    return "*" in values or value.lower() in values


def _metric_body(
    resource: StoredResource,
    metric: Metric,
    series: dict[tuple[tuple[str, str], ...], list[Point]],
    seconds: float,
    asked: list[str],
) -> dict[str, object]:
    aggregations = [name.lower() for name in asked or metric.read_as if name.lower() in _VALUES]
    return {
        "id": f"{resource.id}/providers/Microsoft.Insights/metrics/{metric.name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": metric.name, "localizedValue": metric.shown},
        "displayDescription": metric.shown,
        "unit": metric.unit,
        "timeseries": [
            {"metadatavalues": [_dimension(*pair) for pair in key], "data": _data(points, seconds, aggregations)}
            for key, points in series.items()
        ],
        "errorCode": "Success",
    }


def _dimension(name: str, value: str) -> dict[str, object]:
    return {"name": {"value": name.lower(), "localizedValue": name.lower()}, "value": value}


def _data(points: list[Point], seconds: float, aggregations: list[str]) -> list[dict[str, Any]]:
    by_interval: dict[float, list[Point]] = {}
    for point in points:
        by_interval.setdefault(point.minute // seconds * seconds, []).append(point)
    return [
        {"timeStamp": _text(instant), **{name: float(_VALUES[name](counted)) for name in aggregations}}
        for instant, counted in sorted(by_interval.items())
    ]


def _bad(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def _text(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
