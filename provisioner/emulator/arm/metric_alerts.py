"""Alerts on metrics: checked as Azure checks them, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import generic_resources
from provisioner.emulator.arm.alert_bodies import check_alert
from provisioner.emulator.http.response import ApiError

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.http.response import Response

METRIC_ALERT = "Microsoft.Insights/metricAlerts"


def put(request: Request) -> Response:
    """Create or replace an alert; raises ApiError 400 for one that Azure would refuse."""
    _check(request.parse_json_object())
    return generic_resources.put(request)


def patch(request: Request) -> Response:
    """Change an alert; what comes out is checked as a whole."""
    _check(generic_resources.merged_body(request))
    return generic_resources.patch(request)


def _check(body: dict[str, Any]) -> None:
    names = [str(criterion["name"]) for criterion in check_alert("metric", body)]
    if len(set(names)) != len(names):
        raise ApiError(400, "BadRequest", "'properties.criteria.allOf.name' must be unique in an alert.")
