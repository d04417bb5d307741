"""The write operations of each resource type, through the official clients; bodies are raw JSON in both directions.

The clients' models are not used, since they drop properties that they do not know.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from azure.mgmt.core import ARMPipelineClient
from azure.mgmt.core.polling.arm_polling import ARMPolling

from provisioner.azure.retry_after import retry_after_seconds
from provisioner.azure.sdk_clients import CLIENT_IMPORTS
from provisioner.resources import ResourceType, parse_resource_id

if TYPE_CHECKING:
    from azure.core.pipeline.transport import RequestsTransport
    from azure.core.rest import HttpRequest, HttpResponse

    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import TokenCache

RawBody = dict[str, Any]
_SUBSCRIPTION = re.compile(r"/subscriptions/([^/]+)", re.IGNORECASE)
# Seconds. Azure's table operations end after about 1.5 s, and an apply waits for several of them one after another.
_FIRST_DELAY, _MAX_DELAY, _MAX_RETRY_AFTER = 0.5, 5.0, 60.0


class BackoffPolling(ARMPolling):
    """Polls an operation after 0.5 s, then at growing intervals; a Retry-After of up to a minute wins.

    Azure's table operations take about 1.5 s and send no Retry-After; the SDK's polling would wait 30 s for each.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=_FIRST_DELAY, path_format_arguments={"endpoint": base_url})
        self._next = _FIRST_DELAY

    def _extract_delay(self) -> float:
        retry_after = retry_after_seconds(self._pipeline_response.http_response.headers)
        if retry_after is not None:
            return min(retry_after, _MAX_RETRY_AFTER)
        now, self._next = self._next, min(self._next * 1.5, _MAX_DELAY)
        return now * random.uniform(0.9, 1.0)  # noqa: S311 - spread, not secrecy


class ResourceOperations:
    """Puts, patches and deletes resources through the official clients, each imported when it is first needed."""

    def __init__(
        self, cloud: Cloud, subscription: str, tokens: TokenCache, policies: list[Any], transport: RequestsTransport
    ) -> None:
        self._subscription = subscription
        self._tokens = tokens
        self._arm_endpoint = cloud.arm_endpoint
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.RLock()
        self._pipeline: ARMPipelineClient[HttpRequest, HttpResponse] = ARMPipelineClient(
            cloud.arm_endpoint, policies=policies, transport=transport
        )
        self._options = {
            "base_url": cloud.arm_endpoint,
            "credential_scopes": [cloud.arm_scope],
            "policies": policies,
            "transport": transport,
        }

    def send(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request about any resource of any subscription, whatever its status."""
        # Over azure-core alone: reading must not wait for the import of a client, and most commands only read.
        response: HttpResponse = self._pipeline.send_request(request)
        return response

    def sdk_client(self, name: str, id_: str | None = None) -> Any:
        """The client `name` of `sdk_clients` for the subscription in an id, or for the target's own.

        An existing workspace may lie in another subscription, and a client is bound to one.
        """
        match = _SUBSCRIPTION.match(id_ or "")
        subscription = match[1] if match else self._subscription
        with self._lock:
            if (name, subscription) not in self._clients:
                self._clients[name, subscription] = CLIENT_IMPORTS[name]()(self._tokens, subscription, **self._options)
            return self._clients[name, subscription]

    def deploy(self, group: str, name: str, body: bytes) -> RawBody:
        """Deploy a template, wait until it has ended, and return the deployment's body."""
        client = self.sdk_client("deployments").deployments
        deployment: RawBody = client.begin_create_or_update(
            group, name, body, polling=self.new_polling(), **_request_options({})
        ).result()
        return deployment

    def what_if(self, group: str, name: str, body: bytes) -> RawBody:
        """Azure's what-if of a template."""
        client = self.sdk_client("deployments").deployments
        forecast: RawBody = client.begin_what_if(
            group, name, body, polling=self.new_polling(), **_request_options({})
        ).result()
        return forecast

    def new_polling(self) -> BackoffPolling:
        """A polling method for one operation; it keeps state, so each operation needs its own."""
        return BackoffPolling(self._arm_endpoint)

    def import_clients(self, shorts: Iterable[str]) -> None:
        """Import the clients that write these resource types, ahead of their first use."""
        for name in dict.fromkeys(_CLIENT_OF_TYPE[short] for short in shorts if short in _CLIENT_OF_TYPE):
            CLIENT_IMPORTS[name]()

    def put(self, type_: ResourceType, id_: str, body: bytes, headers: Mapping[str, str]) -> RawBody:
        """Create or replace a resource and wait for a long-running operation. Raises azure-core's errors."""
        return _PUT[type_.short_name](self, type_.api_version, id_, body, _request_options(headers))

    def patch(self, type_: ResourceType, id_: str, body: bytes, headers: Mapping[str, str]) -> RawBody:
        """Change the properties in the body and keep the others. Raises azure-core's errors."""
        return _PATCH[type_.short_name](self, type_.api_version, id_, body, _request_options(headers))

    def delete(self, type_: ResourceType, id_: str) -> None:
        """Delete a resource; one that does not exist is no error. Raises azure-core's errors."""
        # _DELETE has no entry for a resource group: this package never deletes one.
        _DELETE[type_.short_name](self, type_.api_version, id_)


_CLIENT_OF_TYPE: Mapping[str, str] = {
    "group": "resource",
    "workspace": "loganalytics",
    "table": "loganalytics",
    "endpoint": "monitor",
    "dcr": "monitor",
    "grant": "authorization",
    "default_dcr": "loganalytics",
    "sentinel": "resource",
    "diagnostic_setting": "resource",
    "metric_alert": "resource",
    "query_alert": "resource",
}


WriteOperation = Callable[[ResourceOperations, str, str, bytes, dict[str, Any]], RawBody]


def _keep_raw_body(response: Any, _: Any, __: Any) -> RawBody:
    text = response.http_response.text()
    body: Any = json.loads(text) if text else None
    return body if isinstance(body, dict) else {}


def _request_options(headers: Mapping[str, str]) -> dict[str, Any]:
    return {"cls": _keep_raw_body, "headers": dict(headers), "content_type": "application/json"}


def _path_names(id_: str) -> tuple[str, ...]:
    """The resource group's name, then the names of the resource's parents and of the resource."""
    parts = parse_resource_id(id_)
    assert parts is not None, id_
    return (parts.group, *parts.names)


def _put_group(operations: ResourceOperations, _: str, id_: str, body: bytes, options: dict[str, Any]) -> RawBody:
    answer: RawBody = operations.sdk_client("resource", id_).resource_groups.create_or_update(
        id_.rsplit("/", 1)[1], body, **options
    )
    return answer


def _put_workspace(operations: ResourceOperations, _: str, id_: str, body: bytes, options: dict[str, Any]) -> RawBody:
    client = operations.sdk_client("loganalytics", id_).workspaces
    answer: RawBody = client.begin_create_or_update(
        *_path_names(id_), body, polling=operations.new_polling(), **options
    ).result()
    return answer


def _patch_workspace(operations: ResourceOperations, _: str, id_: str, body: bytes, options: dict[str, Any]) -> RawBody:
    answer: RawBody = operations.sdk_client("loganalytics", id_).workspaces.update(*_path_names(id_), body, **options)
    return answer


def _take_default_rule_off(operations: ResourceOperations, version: str, id_: str) -> None:
    # The property goes with a null; the workspace stays.
    body = json.dumps({"properties": {"defaultDataCollectionRuleResourceId": None}}).encode()
    _patch_workspace(operations, version, id_, body, _request_options({}))


def _delete_workspace(operations: ResourceOperations, _: str, id_: str) -> None:
    operations.sdk_client("loganalytics", id_).workspaces.begin_delete(
        *_path_names(id_), polling=operations.new_polling()
    ).result()


def _put_table(operations: ResourceOperations, _: str, id_: str, body: bytes, options: dict[str, Any]) -> RawBody:
    client = operations.sdk_client("loganalytics", id_).tables
    answer: RawBody = client.begin_create_or_update(
        *_path_names(id_), body, polling=operations.new_polling(), **options
    ).result()
    return answer


def _patch_table(operations: ResourceOperations, _: str, id_: str, body: bytes, options: dict[str, Any]) -> RawBody:
    client = operations.sdk_client("loganalytics", id_).tables
    answer: RawBody = client.begin_update(*_path_names(id_), body, polling=operations.new_polling(), **options).result()
    return answer


def _delete_table(operations: ResourceOperations, _: str, id_: str) -> None:
    operations.sdk_client("loganalytics", id_).tables.begin_delete(
        *_path_names(id_), polling=operations.new_polling()
    ).result()


def _put_endpoint(
    operations: ResourceOperations, version: str, id_: str, body: bytes, options: dict[str, Any]
) -> RawBody:
    client = operations.sdk_client("monitor", id_).data_collection_endpoints
    answer: RawBody = client.create(*_path_names(id_), body, api_version=version, **options)
    return answer


def _delete_endpoint(operations: ResourceOperations, version: str, id_: str) -> None:
    operations.sdk_client("monitor", id_).data_collection_endpoints.delete(*_path_names(id_), api_version=version)


def _put_dcr(operations: ResourceOperations, version: str, id_: str, body: bytes, options: dict[str, Any]) -> RawBody:
    answer: RawBody = operations.sdk_client("monitor", id_).data_collection_rules.create(
        *_path_names(id_), body, api_version=version, **options
    )
    return answer


def _delete_dcr(operations: ResourceOperations, version: str, id_: str) -> None:
    operations.sdk_client("monitor", id_).data_collection_rules.delete(*_path_names(id_), api_version=version)


def _put_grant(operations: ResourceOperations, version: str, id_: str, body: bytes, options: dict[str, Any]) -> RawBody:
    scope, _, name = id_.partition("/providers/Microsoft.Authorization/roleAssignments/")
    client = operations.sdk_client("authorization", id_).role_assignments
    answer: RawBody = client.create(scope.lstrip("/"), name, body, api_version=version, **options)
    return answer


def _delete_grant(operations: ResourceOperations, version: str, id_: str) -> None:
    scope, _, name = id_.partition("/providers/Microsoft.Authorization/roleAssignments/")
    operations.sdk_client("authorization", id_).role_assignments.delete(scope.lstrip("/"), name, api_version=version)


def _put_by_id(operations: ResourceOperations, version: str, id_: str, body: bytes, options: dict[str, Any]) -> RawBody:
    """Through the client of no type, for types whose own client would be one more package to install and import."""
    client = operations.sdk_client("resource", id_).resources
    answer: RawBody = client.begin_create_or_update_by_id(
        id_.lstrip("/"), body, api_version=version, polling=operations.new_polling(), **options
    ).result()
    return answer


def _delete_by_id(operations: ResourceOperations, version: str, id_: str) -> None:
    client = operations.sdk_client("resource", id_).resources
    client.begin_delete_by_id(id_.lstrip("/"), api_version=version, polling=operations.new_polling()).result()


_PUT: Mapping[str, WriteOperation] = {
    "group": _put_group,
    "workspace": _put_workspace,
    "table": _put_table,
    "endpoint": _put_endpoint,
    "dcr": _put_dcr,
    "default_dcr": _patch_workspace,
    "grant": _put_grant,
    "sentinel": _put_by_id,
    "diagnostic_setting": _put_by_id,
    "metric_alert": _put_by_id,
    "query_alert": _put_by_id,
}
_PATCH: Mapping[str, WriteOperation] = {
    "workspace": _patch_workspace,
    "table": _patch_table,
    "default_dcr": _patch_workspace,
}
_DELETE: Mapping[str, Callable[[ResourceOperations, str, str], None]] = {
    "workspace": _delete_workspace,
    "table": _delete_table,
    "endpoint": _delete_endpoint,
    "dcr": _delete_dcr,
    "default_dcr": _take_default_rule_off,
    "grant": _delete_grant,
    "diagnostic_setting": _delete_by_id,
    "metric_alert": _delete_by_id,
    "query_alert": _delete_by_id,
}
