"""Cleans bodies read from files: removes values of a wrong type and values that could not be resolved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from provisioner.adopt.template_resources import (
    DCR,
    DIAGNOSTIC_SETTING,
    ENDPOINT,
    GRANT,
    METRIC_ALERT,
    QUERY_ALERT,
    SENTINEL,
    TABLE,
    WORKSPACE,
)
from provisioner.model import TablePlan
from provisioner.resources.flatten import dotted_path
from provisioner.template import UnresolvedValue

_HEAD = {"name": str, "id": str, "location": str, "kind": str, "tags": {"*": str}}
_SOURCES = {"dataImports": {"*": {"stream": str}}, "*": [{"streams": [str]}]}
_COLUMNS = [{"name": str, "type": str, "description": str}]
_FLOW = {"streams": [str], "destinations": [str], "transformKql": str, "outputStream": str}
_RULE = {
    "description": str,
    "dataCollectionEndpointId": str,
    "streamDeclarations": {"*": {"columns": _COLUMNS}},
    "dataSources": _SOURCES,
    "directDataSources": _SOURCES,
    "destinations": {"logAnalytics": [{"name": str, "workspaceResourceId": str}]},
    "dataFlows": [_FLOW],
}
_PLANS = frozenset(get_args(TablePlan))
_TABLE = {
    "plan": _PLANS,
    "retentionInDays": int,
    "totalRetentionInDays": int,
    "schema": {"name": str, "description": str, "columns": _COLUMNS},
}
_GRANT = {"principalId": str, "principalType": str, "roleDefinitionId": str}
_WORKSPACE = {
    "retentionInDays": int,
    "sku": {"name": str, "capacityReservationLevel": int},
    "workspaceCapping": {"dailyQuotaGb": float},
    "features": {"enableLogAccessUsingOnlyResourcePermissions": bool},
    "publicNetworkAccessForIngestion": str,
    "publicNetworkAccessForQuery": str,
    "defaultDataCollectionRuleResourceId": str,
}
_SETTING = {"workspaceId": str, "logs": [{"category": str, "enabled": bool}]}
_METRIC_ALERT = {
    "scopes": [str],
    "criteria": {"allOf": [{"metricName": str, "operator": str, "threshold": float}]},
    "actions": [{"actionGroupId": str}],
}
_QUERY_ALERT = {
    "scopes": [str],
    "windowSize": str,
    "criteria": {"allOf": [{"query": str, "operator": str, "threshold": float}]},
    "actions": {"actionGroups": [str]},
}
TYPES_READ: Mapping[str, Any] = {
    DCR: {**_HEAD, "identity": {"type": str}, "properties": _RULE},
    TABLE: {**_HEAD, "properties": _TABLE},
    WORKSPACE: {**_HEAD, "properties": _WORKSPACE},
    SENTINEL: {**_HEAD, "properties": {}},
    DIAGNOSTIC_SETTING: {**_HEAD, "properties": _SETTING},
    METRIC_ALERT: {**_HEAD, "properties": _METRIC_ALERT},
    QUERY_ALERT: {**_HEAD, "properties": _QUERY_ALERT},
    ENDPOINT: {**_HEAD, "properties": {"networkAcls": {"publicNetworkAccess": str}}},
    GRANT: {"properties": _GRANT},
}
"""The properties that import reads of each Azure type, with their JSON types; `*` stands for every key, a list's only
entry is the type of each item, and a set holds the words that may stand there, in lower case."""

_LEFT_TO_THE_DEPLOYER = ("location", "properties.dataCollectionEndpointId", "properties.destinations.logAnalytics")
"""Properties that every template leaves to its deployer; Placement reports them once for the manifest."""

_Path = tuple[str, ...]
_REMOVED = object()


@dataclass(frozen=True, slots=True)
class RemovedValue:
    """A value removed from a body: its path, its text, and the reason as a clause (`has no value in the source`)."""

    path: str
    text: str
    reason: str


def coerce_types(body: Mapping[str, Any], type_: str) -> tuple[dict[str, Any], tuple[RemovedValue, ...]]:
    """The body without values of a wrong type, and those values. An UnresolvedValue stays where a scalar is due."""
    removed_values: list[RemovedValue] = []
    coerced = _coerced(body, TYPES_READ[type_], (), removed_values)
    coerced.setdefault("properties", {})
    return coerced, tuple(removed_values)


def drop_unresolved(body: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[RemovedValue, ...]]:
    """The body without its UnresolvedValues, and those of them that are not usually left to the deployer."""
    removed_values: list[RemovedValue] = []
    resolved = _without_unresolved(body, (), removed_values)
    return resolved, tuple(removed for removed in removed_values if not removed.path.startswith(_LEFT_TO_THE_DEPLOYER))


def _coerced(value: Any, expected_type: Any, path: _Path, removed_values: list[RemovedValue]) -> Any:
    if isinstance(value, UnresolvedValue) and isinstance(expected_type, (dict, list)):
        removed_values.append(RemovedValue(dotted_path(path), value.text, "has no value in the source"))
        return _REMOVED
    if isinstance(value, UnresolvedValue) or expected_type is None:
        return value
    # ARM treats null as an absent property.
    if value is None:
        return _REMOVED
    if isinstance(expected_type, dict) and isinstance(value, dict):
        # ARM ignores the case of property names; from here on they are spelt as they are read.
        spelled: dict[str, str] = {name.lower(): name for name in expected_type}
        named: dict[str, Any] = {spelled.get(str(key).lower(), str(key)): inner for key, inner in value.items()}
        coerced = {
            key: _coerced(inner, expected_type.get(key, expected_type.get("*")), (*path, key), removed_values)
            for key, inner in named.items()
        }
        return {key: inner for key, inner in coerced.items() if inner is not _REMOVED}
    if isinstance(expected_type, list) and isinstance(value, list):
        items = [
            _coerced(inner, expected_type[0], (*path, f"[{index}]"), removed_values)
            for index, inner in enumerate(value)
        ]
        return [inner for inner in items if inner is not _REMOVED]
    if isinstance(expected_type, frozenset) and isinstance(value, str) and value.lower() in expected_type:
        return value
    if isinstance(expected_type, type) and _has_type(value, expected_type):
        return value
    removed_values.append(RemovedValue(dotted_path(path), _text(value), "is not what Azure takes there"))
    return _REMOVED


def _has_type(value: Any, expected_type: type) -> bool:
    # bool is a subclass of int in Python, and JSON has one kind of number.
    if isinstance(value, bool) or expected_type is bool:
        return isinstance(value, bool) and expected_type is bool
    return isinstance(value, (int, float) if expected_type is float else expected_type)


def _without_unresolved(value: Any, path: _Path, removed_values: list[RemovedValue]) -> Any:
    if isinstance(value, UnresolvedValue):
        removed_values.append(RemovedValue(dotted_path(path), value.text, "has no value in the source"))
        return _REMOVED
    if isinstance(value, dict):
        resolved = {key: _without_unresolved(inner, (*path, key), removed_values) for key, inner in value.items()}
        return {key: inner for key, inner in resolved.items() if inner is not _REMOVED}
    if isinstance(value, list):
        items = [_without_unresolved(inner, (*path, f"[{index}]"), removed_values) for index, inner in enumerate(value)]
        return [inner for inner in items if inner is not _REMOVED]
    return value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda unresolved: unresolved.text)
