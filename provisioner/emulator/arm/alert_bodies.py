"""Checks of the bodies of alerts, on metrics and on queries, as Azure makes them before it stores one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from math import isfinite
from typing import Any, Literal

from provisioner.emulator import azure_facts
from provisioner.emulator.http.response import ApiError
from provisioner.emulator.timespan import parse_duration

AlertKind = Literal["metric", "query"]


def check_alert(kind: AlertKind, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The criteria of an alert; raises ApiError 400 BadRequest for a body that Azure would refuse."""
    facts, properties = azure_facts.alert_bodies(), body.get("properties")
    own = facts[kind]
    if not isinstance(properties, dict):
        raise _refused("properties", "is required")
    _require(properties, own["required"], "properties")
    if "location" in own and str(body.get("location")).lower() != own["location"]:
        raise _refused("location", f"must be '{own['location']}' for alerts on metrics, not '{body.get('location')}'")
    severity = properties["severity"]
    if isinstance(severity, bool) or severity not in facts["severities"]:
        raise _refused("properties.severity", f"must be one of {_listed(facts['severities'])}, not {severity!r}")
    if not isinstance(properties["scopes"], list) or not properties["scopes"]:
        raise _refused("properties.scopes", "must name at least one resource")
    window = _minutes(properties, "windowSize", own["windows"])
    frequency = _minutes(properties, "evaluationFrequency", own["frequencies"])
    if frequency > window:
        raise _refused("properties.evaluationFrequency", "must not be longer than windowSize")
    return [_checked(criterion, own, facts) for criterion in _criteria(properties, own)]


def _criteria(properties: dict[str, Any], own: dict[str, Any]) -> list[Any]:
    criteria = properties["criteria"]
    kinds: dict[str, list[str]] = own.get("other_criteria", {})
    kind = str(criteria.get("odata.type")) if isinstance(criteria, dict) else ""
    # Criteria of these kinds count something else than a metric, and have no list.
    if kind in kinds:
        _require(criteria, kinds[kind], "properties.criteria")
        return []
    # Published modules write `allof`: the service reads names in any case.
    listed = _member(criteria, "allOf") if isinstance(criteria, dict) else None
    if not isinstance(listed, list) or not listed:
        raise _refused("properties.criteria.allOf", "must hold at least one criterion")
    return listed


def _checked(criterion: Any, own: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    path = "properties.criteria.allOf"
    if not isinstance(criterion, dict):
        raise _refused(path, "must hold objects")
    is_dynamic = criterion.get("criterionType") == facts["dynamic"]["criterion_type"]
    _require(criterion, [name for name in own["criterion"] if not (is_dynamic and name == "threshold")], path)
    operators = facts["dynamic"]["operators"] if is_dynamic else own["operators"]
    if criterion["operator"] not in operators:
        raise _refused(f"{path}.operator", f"must be one of {_listed(operators)}")
    if criterion["timeAggregation"] not in facts["aggregations"]:
        raise _refused(f"{path}.timeAggregation", f"must be one of {_listed(facts['aggregations'])}")
    if not is_dynamic and not _is_number(criterion["threshold"]):
        raise _refused(f"{path}.threshold", f"must be a number, not {criterion['threshold']!r}")
    return criterion


def _is_number(value: object) -> bool:
    """Whether a threshold is a number, or the text of one, as published alerts hand it on."""
    if isinstance(value, str):
        try:
            return isfinite(float(value))
        except ValueError:
            return False
    return isinstance(value, int | float) and not isinstance(value, bool)


def _member(values: dict[str, Any], name: str) -> Any:
    return next((value for key, value in values.items() if key.lower() == name.lower()), None)


def _minutes(properties: dict[str, Any], name: str, allowed: list[int]) -> int:
    try:
        span = parse_duration(str(properties[name]))
    except (ValueError, OverflowError) as error:
        raise _refused(f"properties.{name}", "must be a duration as ISO 8601 writes it, such as PT5M") from error
    if span not in [timedelta(minutes=minutes) for minutes in allowed]:
        raise _refused(f"properties.{name}", f"is {properties[name]}. Supported granularities are: {_listed(allowed)}")
    return int(span.total_seconds()) // 60


def _require(values: dict[str, Any], names: Iterable[str], path: str) -> None:
    for name in names:
        if values.get(name) is None:
            raise _refused(f"{path}.{name}", "is required")


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _refused(path: str, why: str) -> ApiError:
    return ApiError(400, "BadRequest", f"'{path}' {why}.", target=path)
