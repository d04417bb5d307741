"""The threshold of an alert is a number of rows or errors, at least one.

Why: an alert fires at so many or more. At none it fires all the time, and people stop to read it.
Wrong: `monitoring: {alerts: {transform_errors: 0}}`
Right: `monitoring: {alerts: {transform_errors: 1}}`
Source: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-metric-alert-rule
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("MON005", on=Manifest)
def threshold_positive(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    alerts = manifest.monitoring.alerts if manifest.monitoring else None
    for key in load_facts("monitoring.yaml")["metric_alerts"]["metrics"] if alerts is not None else ():
        threshold = getattr(alerts, key)
        if alerts is not None and threshold is not None and threshold < 1:
            message = f"an alert at {threshold} or more always fires"
            yield context.error(message, *alerts.path, key, hint="1 or more; take the key away for no alert")
