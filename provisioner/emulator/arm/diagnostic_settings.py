"""Diagnostic settings: checked as Azure checks them, and found again for the logs of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import generic_resources
from provisioner.emulator.arm.access_control import authorize_link
from provisioner.emulator.http.response import ApiError, Response, resource_not_found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.http.request import Request
    from provisioner.emulator.state import EmulatorState

DIAGNOSTIC_SETTING = "Microsoft.Insights/diagnosticSettings"
_RULE = "/providers/microsoft.insights/datacollectionrules/"
_SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")


def put(request: Request) -> Response:
    """Create or replace a setting; raises ApiError 400 or 409 for one that Azure would refuse."""
    scope = request.path_params["scope"]
    # Of a subscription there is a setting too: for its activity log.
    if not _is_subscription(scope) and request.state.store.get(scope) is None:
        raise resource_not_found(DIAGNOSTIC_SETTING, request.path_params["name"], request.path_params.get("group", ""))
    properties = request.parse_json_object().get("properties")
    if not isinstance(properties, dict) or not any(properties.get(sink) for sink in _SINKS):
        raise ApiError(400, "BadRequest", "At least one data sink needs to be specified.")
    _authorize_destination(request, properties)
    logs = [log for log in properties.get("logs") or () if isinstance(log, dict)]
    _check_categories(scope, logs)
    _check_duplicates(request, scope, properties, logs)
    # What the checks have let through is kept as any other resource is.
    return generic_resources.put(_of_this_type(request))


def get(request: Request) -> Response:
    """Show a setting."""
    return generic_resources.get(_of_this_type(request))


def delete(request: Request) -> Response:
    """Delete a setting; 204 where there is none."""
    return generic_resources.delete(_of_this_type(request))


def list_all(request: Request) -> Response:
    """The settings of a resource."""
    return generic_resources.list_type(_of_this_type(request))


def _is_subscription(scope: str) -> bool:
    return len(scope.strip("/").split("/")) == 2


def _of_this_type(request: Request) -> Request:
    request.path_params["kind"] = DIAGNOSTIC_SETTING
    return request


def _authorize_destination(request: Request, properties: dict[str, Any]) -> None:
    """Raise ApiError 403 where the caller may write the setting and may not lead logs into the workspace."""
    action = f"{DIAGNOSTIC_SETTING}/write"
    for path, linked_actions in azure_facts.setting_linked_rights().items():
        if destination := properties.get(path.rpartition(".")[2]):
            for linked_action in linked_actions:
                authorize_link(request, action, request.path, linked_action, str(destination))


def _check_categories(scope: str, logs: list[dict[str, Any]]) -> None:
    known_categories = azure_facts.rule_log_categories()
    for log in logs:
        category = log.get("category")
        # The categories of other types are not listed here.
        if _RULE in scope.lower() and category is not None and category not in known_categories:
            raise ApiError(400, "BadRequest", f"Category '{category}' is not supported.")


def _check_duplicates(request: Request, scope: str, properties: dict[str, Any], logs: list[dict[str, Any]]) -> None:
    """Azure takes each category once for each sink, whatever the name of the setting."""
    own_name = request.path_params["name"].lower()
    workspace = str(properties.get("workspaceId") or "").lower()
    categories = _enabled_categories(logs)
    for name, other in _settings_at(request.state, scope):
        same_sink = workspace and str(other.get("workspaceId") or "").lower() == workspace
        shared = categories & _enabled_categories(other.get("logs") or [])
        if name.lower() != own_name and same_sink and shared:
            message = (
                f"Data sink '{properties['workspaceId']}' is already used in diagnostic setting '{name}' for category "
                f"'{min(shared)}'. Data sinks can't be reused in different settings on the same category for the same "
                "resource."
            )
            raise ApiError(409, "Conflict", message)


def workspaces_with_log(state: EmulatorState, resource: str, category: str) -> Iterator[str]:
    """The ids of the workspaces that a resource's settings send a category of its logs to."""
    for _name, properties in _settings_at(state, resource):
        if properties.get("workspaceId") and category in _enabled_categories(properties.get("logs") or []):
            yield str(properties["workspaceId"])


def _settings_at(state: EmulatorState, resource: str) -> Iterator[tuple[str, dict[str, Any]]]:
    prefix = f"{resource.lower()}/providers/microsoft.insights/diagnosticsettings/"
    for setting in state.store.find_by_type(DIAGNOSTIC_SETTING, prefix):
        yield setting.name, setting.body.get("properties") or {}


def _enabled_categories(logs: list[dict[str, Any]]) -> set[str]:
    return {str(log.get("category")) for log in logs if log.get("enabled")}
