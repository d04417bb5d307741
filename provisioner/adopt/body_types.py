"""Bodies read from files: of the kinds that a reader may rely on, and without the values that files do not hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.adopt.arm_expression import Hole
from provisioner.adopt.template_resources import DCR, ENDPOINT, GRANT, TABLE, WORKSPACE
from provisioner.resources.flatten import dotted

_HEAD = {"name": str, "id": str, "location": str, "kind": str, "tags": {"*": str}}
_SOURCES = {"*": [{"streams": [str]}]}
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
_TABLE = {
    "plan": str,
    "retentionInDays": int,
    "totalRetentionInDays": int,
    "schema": {"name": str, "description": str, "columns": _COLUMNS},
}
_GRANT = {"principalId": str, "principalType": str, "roleDefinitionId": str}
KINDS: Mapping[str, Any] = {
    DCR: {**_HEAD, "properties": _RULE},
    TABLE: {**_HEAD, "properties": _TABLE},
    WORKSPACE: {**_HEAD, "properties": {"retentionInDays": int}},
    ENDPOINT: {**_HEAD, "properties": {"networkAcls": {"publicNetworkAccess": str}}},
    GRANT: {"properties": _GRANT},
}
"""What is read of each type, with the kind it has; `*` is every key, a list's one entry is the kind of each item."""

_EXPECTED = ("location", "properties.dataCollectionEndpointId", "properties.destinations.logAnalytics")
"""Where every template leaves a value to its deployer: said once for the manifest, not for each resource."""

_Path = tuple[str, ...]
_GONE = object()


@dataclass(frozen=True, slots=True)
class Cut:
    """What was taken out of a body: where it stood, its text, and why as a clause about the text."""

    path: str
    text: str
    why: str


def fit(body: Mapping[str, Any], type_: str) -> tuple[dict[str, Any], tuple[Cut, ...]]:
    """A body in which all that is read has its kind, or is a Hole where a plain value is due; and what was cut out."""
    cut: list[Cut] = []
    made = _fitted(body, KINDS[type_], (), cut)
    made.setdefault("properties", {})
    return made, tuple(cut)


def fill(body: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Cut, ...]]:
    """A body without its holes; those are told that are not usually left to the deployer."""
    cut: list[Cut] = []
    made = _filled(body, (), cut)
    return made, tuple(each for each in cut if not each.path.startswith(_EXPECTED))


def _fitted(value: Any, kind: Any, path: _Path, cut: list[Cut]) -> Any:
    if isinstance(value, Hole) and isinstance(kind, (dict, list)):
        cut.append(Cut(dotted(path), value.text, "has no value in the source"))
        return _GONE
    if isinstance(value, Hole) or kind is None:
        return value
    if value is None:
        return _GONE
    if isinstance(kind, dict) and isinstance(value, dict):
        found = {key: _fitted(inner, kind.get(key, kind.get("*")), (*path, key), cut) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner is not _GONE}
    if isinstance(kind, list) and isinstance(value, list):
        items = [_fitted(inner, kind[0], (*path, f"[{index}]"), cut) for index, inner in enumerate(value)]
        return [inner for inner in items if inner is not _GONE]
    if isinstance(kind, type) and isinstance(value, kind) and not isinstance(value, bool):
        return value
    cut.append(Cut(dotted(path), _text(value), "is not what Azure takes there"))
    return _GONE


def _filled(value: Any, path: _Path, cut: list[Cut]) -> Any:
    if isinstance(value, Hole):
        cut.append(Cut(dotted(path), value.text, "has no value in the source"))
        return _GONE
    if isinstance(value, dict):
        found = {key: _filled(inner, (*path, key), cut) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner is not _GONE}
    if isinstance(value, list):
        items = [_filled(inner, (*path, f"[{index}]"), cut) for index, inner in enumerate(value)]
        return [inner for inner in items if inner is not _GONE]
    return value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda hole: hole.text)
