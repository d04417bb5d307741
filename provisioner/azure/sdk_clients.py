"""The official management clients by name. Each is imported on first use, because an import takes 50 to 150 ms."""

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


# Functions and not module names: type checkers and packagers follow import statements, and not strings.
CLIENT_IMPORTS: Mapping[str, Callable[[], Any]] = {
    "resource": _resource,
    "loganalytics": _loganalytics,
    "monitor": _monitor,
    "authorization": _authorization,
    "deployments": _deployments,
}
"""azure-mgmt-resource: groups and reads · -loganalytics: workspaces and tables · -monitor: endpoints and rules ·
-authorization: grants · -resource-deployments: templates."""
