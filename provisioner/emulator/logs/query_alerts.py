"""Alerts on queries: checked as Azure checks them, the query bound against the tables of its scope, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import generic_resources, workspaces
from provisioner.emulator.arm.alert_bodies import check_alert
from provisioner.emulator.http.response import ApiError
from provisioner.emulator.logs.query_execution import check_query

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.http.response import Response

QUERY_ALERT = "Microsoft.Insights/scheduledQueryRules"
_LOG_ALERT = "logalert"


def put(request: Request) -> Response:
    """Create or replace an alert; raises ApiError 400 for one that Azure would refuse."""
    _check(request, request.parse_json_object())
    return generic_resources.put(request)


def patch(request: Request) -> Response:
    """Change an alert; what comes out is checked as a whole."""
    _check(request, generic_resources.merged_body(request))
    return generic_resources.patch(request)


def _check(request: Request, body: dict[str, Any]) -> None:
    # Rules of other kinds make metrics of logs, and have neither spans nor a severity.
    if str(body.get("kind") or _LOG_ALERT).lower() != _LOG_ALERT:
        return
    criteria, properties = check_alert("query", body), body["properties"]
    for criterion in criteria:
        if criterion["timeAggregation"] != "Count" and not criterion.get("metricMeasureColumn"):
            message = "'properties.criteria.allOf.metricMeasureColumn' is required unless rows are counted."
            raise ApiError(400, "BadRequest", message)
        _check_periods(criterion.get("failingPeriods"))
    if properties.get("skipQueryValidation") is True:
        return
    scopes = [request.state.store.get(str(scope)) for scope in properties["scopes"]]
    sources = [scope for scope in scopes if scope is not None and scope.type.lower() == workspaces.WORKSPACE.lower()]
    for criterion in criteria:
        # Queries over other resources, such as application insights, are of tables that are not here.
        if sources:
            check_query(request.state, str(criterion["query"]), sources)


def _check_periods(periods: Any) -> None:
    if not isinstance(periods, dict):
        return
    most, least = periods.get("numberOfEvaluationPeriods", 1), periods.get("minFailingPeriodsToAlert", 1)
    if not all(isinstance(number, int) and number >= 1 for number in (most, least)) or least > most:
        message = "'minFailingPeriodsToAlert' must not be more than 'numberOfEvaluationPeriods'."
        raise ApiError(400, "BadRequest", message, target="properties.criteria.allOf.failingPeriods")
