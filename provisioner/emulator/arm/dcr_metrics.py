"""The metrics of a data collection rule: what came in and what was lost, minute by minute."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.resource_envelope import require_group, resource_id
from provisioner.emulator.http.response import Answer, Refusal
from provisioner.emulator.timespan import parse_timespan

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call, World

# Source: https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-insights-datacollectionrules-metrics
NAMES = {
    "ApiCallReceived_Count": ("Logs Ingestion Requests per Min", "Count"),
    "BytesReceived_Count": ("Logs Ingestion Bytes per Min", "Bytes"),
    "RowsReceived_Count": ("Logs Rows Received per Min", "Count"),
    "RowsDropped_Count": ("Logs Rows Dropped per Min", "Count"),
    "TransformationErrors_Count": ("Logs Transformation Errors per Min", "Count"),
}


def add(world: World, rule: str, stream: str, counts: dict[str, int]) -> None:
    """Count what one ingestion call brought."""
    minute = int(world.clock.now() // 60 * 60)
    rows = [(rule.lower(), stream, minute, name, value) for name, value in counts.items() if value]
    with world.store.write() as db:
        db.executemany(
            "INSERT INTO metrics VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value", rows
        )


def get(call: Call) -> Answer:
    """The metrics asked for, as a series of minutes that hold something."""
    require_group(call)
    rule = resource_id(call, "Microsoft.Insights/dataCollectionRules", call.names["name"])
    asked = [each for each in call.query.get("metricnames", "").split(",") if each] or list(NAMES)
    if unknown := [each for each in asked if each not in NAMES]:
        message = (
            "Failed to find metric configuration for provider: Microsoft.Insights, metrics: "
            f"{','.join(unknown)}. Valid metrics: {','.join(NAMES)}"
        )
        raise Refusal(400, "BadRequest", message)
    span = call.query.get("timespan") or "PT1H"
    try:
        start, end = parse_timespan(span, datetime.fromtimestamp(call.world.clock.now(), UTC))
    except (ValueError, OverflowError) as error:
        raise Refusal(400, "BadRequest", f"Invalid timespan '{span}': {error}") from error
    split = re.search(r"InputStreamId\s+eq\s+'([^']*)'", call.query.get("$filter", ""), re.IGNORECASE)
    streams = split[1] if split else None
    shown = [_metric(call, rule, name, (start, end + timedelta(minutes=1)), streams) for name in asked]
    body = {
        "cost": 0,
        "timespan": f"{_text(start)}/{_text(end)}",
        "interval": "PT1M",
        "value": shown,
        "namespace": "microsoft.insights/datacollectionrules",
        "resourceregion": "westeurope",
    }
    return Answer(200, body)


def _metric(call: Call, rule: str, name: str, span: tuple[datetime, datetime], stream: str | None) -> dict[str, Any]:
    sql = (
        "SELECT stream, minute, value FROM metrics WHERE rule = ? AND name = ? AND minute >= ? AND minute < "
        "? ORDER BY minute"
    )
    least, most = (each.timestamp() for each in span)
    series: dict[str, dict[int, int]] = {}
    for found, minute, value in call.world.store.reader().execute(sql, (rule.lower(), name, least - 60, most)):
        if stream in {None, "*", found}:
            points = series.setdefault(found if stream else "", {})
            points[minute] = points.get(minute, 0) + value
    display, unit = NAMES[name]
    return {
        "id": f"{rule}/providers/Microsoft.Insights/metrics/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name, "localizedValue": display},
        "displayDescription": display,
        "unit": unit,
        "timeseries": [_series(each, points) for each, points in series.items()],
        "errorCode": "Success",
    }


def _series(stream: str, points: dict[int, int]) -> dict[str, Any]:
    name = {"name": {"value": "inputstreamid", "localizedValue": "inputstreamid"}, "value": stream}
    data = [
        {"timeStamp": _text(datetime.fromtimestamp(minute, UTC)), "total": float(value), "count": float(value)}
        for minute, value in points.items()
    ]
    return {"metadatavalues": [name] if stream else [], "data": data}


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
