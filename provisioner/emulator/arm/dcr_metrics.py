"""The metrics of a data collection rule: requests, bytes, rows received and dropped, minute by minute."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from provisioner.emulator.arm.resource_envelope import require_group, resource_id
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.timespan import parse_timespan

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.state import EmulatorState

# Source: https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-insights-datacollectionrules-metrics
METRICS = {
    "ApiCallReceived_Count": ("Logs Ingestion Requests per Min", "Count"),
    "BytesReceived_Count": ("Logs Ingestion Bytes per Min", "Bytes"),
    "RowsReceived_Count": ("Logs Rows Received per Min", "Count"),
    "RowsDropped_Count": ("Logs Rows Dropped per Min", "Count"),
    "TransformationErrors_Count": ("Logs Transformation Errors per Min", "Count"),
}


def record_counts(state: EmulatorState, rule: str, stream: str, counts: dict[str, int]) -> None:
    """Add metric name → count of one ingestion call to the current minute."""
    # Azure's finest grain is a minute.
    minute = int(state.clock.now() // 60 * 60)
    rows = [(rule.lower(), stream, minute, name, value) for name, value in counts.items() if value]
    with state.store.write() as db:
        db.executemany(
            "INSERT INTO metrics VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value", rows
        )


def list_definitions(request: Request) -> Response:
    """The metrics that a resource has; those of other types than data collection rules are not counted here."""
    scope = request.path_params["scope"]
    if request.state.store.get(scope) is None:
        raise ApiError(404, "ResourceNotFound", f"The resource '{scope}' was not found.")
    is_rule = "/providers/microsoft.insights/datacollectionrules/" in scope.lower()
    return Response(200, {"value": [_definition(scope, name) for name in METRICS] if is_rule else []})


def _definition(scope: str, name: str) -> dict[str, object]:
    shown, unit = METRICS[name]
    return {
        "id": f"{scope}/providers/microsoft.insights/metricdefinitions/{name}",
        "resourceId": scope,
        "namespace": "microsoft.insights/datacollectionrules",
        "name": {"value": name, "localizedValue": shown},
        "isDimensionRequired": False,
        "unit": unit,
        "primaryAggregationType": "Total",
        "supportedAggregationTypes": ["Total"],
        "metricAvailabilities": [{"timeGrain": "PT1M", "retention": "P93D"}],
        "dimensions": [{"value": "InputStreamId", "localizedValue": "Input Stream Id"}],
    }


def get(request: Request) -> Response:
    """The metrics asked for, as series of minutes that have a count; `InputStreamId eq` in `$filter` splits them."""
    require_group(request)
    rule = resource_id(request, "Microsoft.Insights/dataCollectionRules", request.path_params["name"])
    names = [name for name in request.query.get("metricnames", "").split(",") if name] or list(METRICS)
    if unknown := [name for name in names if name not in METRICS]:
        message = (
            "Failed to find metric configuration for provider: Microsoft.Insights, metrics: "
            f"{','.join(unknown)}. Valid metrics: {','.join(METRICS)}"
        )
        raise ApiError(400, "BadRequest", message)
    span = request.query.get("timespan") or "PT1H"
    try:
        start, end = parse_timespan(span, datetime.fromtimestamp(request.state.clock.now(), UTC))
    except (ValueError, OverflowError) as error:
        raise ApiError(400, "BadRequest", f"Invalid timespan '{span}': {error}") from error
    stream_filter = re.search(r"InputStreamId\s+eq\s+'([^']*)'", request.query.get("$filter", ""), re.IGNORECASE)
    stream = stream_filter[1] if stream_filter else None
    metrics = [_metric_body(request, rule, name, (start, end + timedelta(minutes=1)), stream) for name in names]
    body = {
        "cost": 0,
        "timespan": f"{_text(start)}/{_text(end)}",
        "interval": "PT1M",
        "value": metrics,
        "namespace": "microsoft.insights/datacollectionrules",
        "resourceregion": "westeurope",
    }
    return Response(200, body)


def _metric_body(
    request: Request, rule: str, name: str, span: tuple[datetime, datetime], stream: str | None
) -> dict[str, object]:
    sql = (
        "SELECT stream, minute, value FROM metrics WHERE rule = ? AND name = ? AND minute >= ? AND minute < "
        "? ORDER BY minute"
    )
    start, end = (instant.timestamp() for instant in span)
    series: dict[str, dict[int, int]] = {}
    for point_stream, minute, value in request.state.store.read_connection().execute(
        sql, (rule.lower(), name, start - 60, end)
    ):
        if stream in {None, "*", point_stream}:
            points = series.setdefault(point_stream if stream else "", {})
            points[minute] = points.get(minute, 0) + value
    display, unit = METRICS[name]
    return {
        "id": f"{rule}/providers/Microsoft.Insights/metrics/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name, "localizedValue": display},
        "displayDescription": display,
        "unit": unit,
        "timeseries": [_series(instant, points) for instant, points in series.items()],
        "errorCode": "Success",
    }


def _series(stream: str, points: dict[int, int]) -> dict[str, object]:
    name = {"name": {"value": "inputstreamid", "localizedValue": "inputstreamid"}, "value": stream}
    data = [
        {"timeStamp": _text(datetime.fromtimestamp(minute, UTC)), "total": float(value), "count": float(value)}
        for minute, value in points.items()
    ]
    return {"metadatavalues": [name] if stream else [], "data": data}


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
