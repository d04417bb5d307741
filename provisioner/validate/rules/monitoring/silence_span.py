"""How long a table may be quiet is a span that Azure's alerts look back.

Why: a scheduled query looks back five minutes to two days, and takes these spans alone.
Wrong: `monitoring: {alerts: {silence: 90m}}`
Right: `monitoring: {alerts: {silence: 2h}}`
Source: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("MON001", on=Manifest)
def silence_span(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    alerts = manifest.monitoring.alerts if manifest.monitoring else None
    spans = load_facts("monitoring.yaml")["silence_alerts"]["windows"]
    if alerts is not None and alerts.silence is not None and alerts.silence not in spans:
        message = f"{alerts.silence!r} is no span that an alert can look back"
        yield context.error(message, *alerts.path, "silence", hint=f"one of {', '.join(spans)}")
