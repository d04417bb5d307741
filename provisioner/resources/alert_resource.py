"""Alerts: on the metrics of each rule, and on tables that have gone quiet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.model import Alerts, Dcr, Manifest
from provisioner.package_data import load_facts
from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.resource import Resource
from provisioner.resources.resource_ids import resource_id
from provisioner.resources.resource_types import resource_type


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """A metric alert for each rule and threshold, and a scheduled query for each table that may not be quiet."""
    manifest = context.manifest
    alerts = manifest.monitoring.alerts if manifest.monitoring else None
    if alerts is None:
        return
    for dcr in manifest.dcrs.values():
        yield from _metric_alerts(context, alerts, dcr)
    # A span that Azure does not look back is a finding of the check of spans.
    if alerts.silence in load_facts("monitoring.yaml")["silence_alerts"]["windows"]:
        for table in watched_tables(manifest):
            yield _silence_alert(context, alerts, table)


def watched_tables(manifest: Manifest) -> tuple[str, ...]:
    """The tables that streams of the manifest write, in order and without those whose plan alerts cannot ask."""
    # Alerts on a table that only others write would wake people for what they cannot mend.
    without = load_facts("monitoring.yaml")["silence_alerts"]["plans_without"]
    written = dict.fromkeys(flow.table for stream in manifest.streams.values() for flow in stream.flows)
    plans = {name: table.plan for name, table in manifest.tables.items()}
    return tuple(table for table in written if plans.get(table) not in without)


def _metric_alerts(context: ExpansionContext, alerts: Alerts, dcr: Dcr) -> Iterator[Resource]:
    type_, facts = resource_type("metric_alert"), load_facts("monitoring.yaml")["metric_alerts"]
    for key, metric in facts["metrics"].items():
        # One alert a metric: criteria of one alert would all have to hold before it fires.
        threshold = getattr(alerts, key)
        if threshold is None:
            continue
        name = f"alert-{dcr.name}-{key.replace('_', '-')}"
        yield Resource(
            type_,
            name,
            name,
            resource_id(context.group_id, type_.arm_type, name),
            context.templates.render_body(
                "metric_alert",
                facts=facts,
                metric=metric,
                threshold=threshold,
                dcr=dcr,
                location=context.manifest.workspace.location,
                description=f"{dcr.name}: {metric['words']} ({threshold} or more in five minutes)",
                action_groups=alerts.action_groups,
                tags=context.tags,
            ),
            scope=("group", context.manifest.target.resource_group),
            path=alerts.path,
        )


def _silence_alert(context: ExpansionContext, alerts: Alerts, table: str) -> Resource:
    type_, manifest = resource_type("query_alert"), context.manifest
    facts: dict[str, Any] = load_facts("monitoring.yaml")["silence_alerts"]
    name = f"alert-{manifest.name}-{table}-silence"
    body = context.templates.render_body(
        "query_alert",
        facts=facts,
        span=facts["windows"][alerts.silence],
        name=name,
        description=f"{table}: no row for {alerts.silence}",
        # Quoted: a table's name may hold a hyphen.
        query=table if table.replace("_", "").isalnum() else f"['{table}']",
        workspace=manifest.workspace,
        location=manifest.workspace.location,
        action_groups=list(alerts.action_groups),
        tags=context.tags,
    )
    return Resource(
        type_,
        name,
        name,
        resource_id(context.group_id, type_.arm_type, name),
        body,
        scope=("group", manifest.target.resource_group),
        after=(("table", table),) if table in manifest.tables else (),
        path=alerts.path,
    )
