"""Diagnostic settings and alerts of an import: the section `monitoring`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from provisioner.adopt.manifest_draft import ManifestDraft
from provisioner.package_data import load_facts
from provisioner.resources import Body
from provisioner.resources.monitoring_resource import flatten_setting

_TABLE_ALONE = re.compile(r"\w+|\['[^']+'\]")


def add_monitoring(
    draft: ManifestDraft,
    settings: Iterable[Iterable[Body]],
    alert_bodies: Iterable[Body],
    workspace: str | None,
) -> None:
    """Write `monitoring` from the diagnostic settings of each rule and from alerts; nothing where there are none.

    `workspace` is the id of the manifest's workspace, whose settings count; None takes all of a source for its. What
    not every rule logs is left out: the manifest would put it on all.
    """
    by_rule = [_logged(bodies, workspace) for bodies in settings]
    logged = {key: bool(by_rule) and all(key in rule for rule in by_rule) for key in ("errors", "troubleshooting")}
    if any(by_rule) and not logged["errors"]:
        draft.add_comment(("dcrs",), "Not every rule keeps its errors in the workspace; `monitoring` would see to it")
    # A manifest has one threshold for all rules: of several that differ, the last one is taken.
    alerts = _merged_alerts(alert_bodies)
    if not any(logged.values()) and not alerts:
        return
    written: dict[str, Any] = {"errors": logged["errors"]}
    if logged["troubleshooting"]:
        written["troubleshooting"] = True
    draft.fields["monitoring"] = written | ({"alerts": alerts} if alerts else {})


def _logged(settings: Iterable[Body], workspace: str | None) -> frozenset[str]:
    """The keys of `monitoring` that one rule's settings turn on."""
    return frozenset(
        key
        for body in settings
        for key, enabled in flatten_setting(
            body, workspace or str((body.get("properties") or {}).get("workspaceId") or "")
        ).items()
        if enabled
    )


def alert_fields(body: Body) -> dict[str, Any]:
    """The keys of `monitoring.alerts` that an alert stands for; empty for one that watches something else."""
    properties: dict[str, Any] = body.get("properties") or {}
    criteria = (properties.get("criteria") or {}).get("allOf") or []
    if len(criteria) != 1:
        return {}
    criterion, facts = criteria[0], load_facts("monitoring.yaml")
    keys = {metric["name"]: key for key, metric in facts["metric_alerts"]["metrics"].items()}
    spans = {span["window"]: name for name, span in facts["silence_alerts"]["windows"].items()}
    threshold, span = criterion.get("threshold"), spans.get(str(properties.get("windowSize")))
    key = keys.get(str(criterion.get("metricName")))
    if key is not None and isinstance(threshold, int | float):
        return {key: int(threshold), "action_groups": _group_ids(properties)}
    is_silence = (criterion.get("operator"), threshold) == ("LessThan", 1)
    # A query that is but the name of a table, as `['a-b_CL']` or bare, asks for any row at all.
    if span is not None and is_silence and _TABLE_ALONE.fullmatch(str(criterion.get("query", "")).strip()):
        return {"silence": span, "action_groups": _group_ids(properties)}
    return {}


def _merged_alerts(bodies: Iterable[Body]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    groups: dict[str, None] = {}
    for body in bodies:
        own = alert_fields(body)
        groups |= dict.fromkeys(own.pop("action_groups", ()))
        fields |= own
    ordered = {key: fields[key] for key in ("transform_errors", "rows_dropped", "silence") if key in fields}
    return ({"action_groups": [*groups]} if groups else {}) | ordered if ordered else {}


def _group_ids(properties: Mapping[str, Any]) -> list[str]:
    """The action groups of a metric alert (a list of objects) or of a scheduled query (a list of ids in an object)."""
    actions = properties.get("actions") or ()
    if isinstance(actions, Mapping):
        return [str(id_) for id_ in actions.get("actionGroups") or ()]
    return [str(action["actionGroupId"]) for action in actions if action.get("actionGroupId")]
