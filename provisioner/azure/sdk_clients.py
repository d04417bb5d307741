"""The official management clients by name, imported when they are first asked for: each costs 50 to 150 ms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def _resource() -> Any:
    from azure.mgmt.resource.resources import ResourceManagementClient

    return ResourceManagementClient


def _loganalytics() -> Any:
    from azure.mgmt.loganalytics import LogAnalyticsManagementClient

    return LogAnalyticsManagementClient


def _monitor() -> Any:
    from azure.mgmt.monitor import MonitorManagementClient

    return MonitorManagementClient


def _authorization() -> Any:
    from azure.mgmt.authorization import AuthorizationManagementClient

    return AuthorizationManagementClient


def _deployments() -> Any:
    from azure.mgmt.resource.deployments import DeploymentsMgmtClient

    return DeploymentsMgmtClient


IMPORTS: Mapping[str, Callable[[], Any]] = {
    "resource": _resource,
    "loganalytics": _loganalytics,
    "monitor": _monitor,
    "authorization": _authorization,
    "deployments": _deployments,
}
"""azure-mgmt-resource: groups and reads · -loganalytics: workspaces and tables · -monitor: endpoints and rules ·
-authorization: grants · -resource-deployments: templates."""
