"""Which official client writes which resource type, and how: one entry per type, bodies as bytes, answers raw."""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from azure.mgmt.core.polling.arm_polling import ARMPolling

from provisioner.azure.sdk_clients import IMPORTS
from provisioner.resources import ResourceType, parse_id

if TYPE_CHECKING:
    from azure.core.pipeline.transport import RequestsTransport

    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import Tokens

Raw = dict[str, Any]
_SUBSCRIPTION = re.compile(r"/subscriptions/([^/]+)", re.IGNORECASE)
_FIRST, _SLOWEST, _LONGEST = 0.5, 5.0, 60.0


class GrowingPolling(ARMPolling):
    """Asks after 0.5 s, then less and less often; a Retry-After wins, up to a minute.

    Azure's own table operations send no Retry-After and last about 1.5 s; the client would then wait 30 s.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=_FIRST, path_format_arguments={"endpoint": base_url})
        self._next = _FIRST

    def _extract_delay(self) -> float:
        asked = _asked(self._pipeline_response.http_response.headers)
        if asked is not None:
            return min(asked, _LONGEST)
        now, self._next = self._next, min(self._next * 1.5, _SLOWEST)
        return now * random.uniform(0.9, 1.0)  # noqa: S311 - spread, not secrecy


class Services:
    """The official clients over one pipeline, each made when it is first needed: importing one costs 50 to 150 ms."""

    def __init__(
        self, cloud: Cloud, subscription: str, tokens: Tokens, policies: list[Any], transport: RequestsTransport
    ) -> None:
        self._subscription = subscription
        self._tokens = tokens
        self._base = cloud.arm
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.RLock()
        self._options = {
            "base_url": cloud.arm,
            "credential_scopes": [cloud.arm_scope],
            "policies": policies,
            "transport": transport,
        }

    @property
    def resource(self) -> Any:
        """The generic sender of reads, of whatever subscription."""
        return self.client("resource")

    def client(self, name: str, id_: str | None = None) -> Any:
        """One of azure-mgmt's clients, for the subscription of an id: a workspace may stand in another one."""
        found = _SUBSCRIPTION.match(id_ or "")
        subscription = found[1] if found else self._subscription
        with self._lock:
            if (name, subscription) not in self._made:
                self._made[name, subscription] = IMPORTS[name]()(self._tokens, subscription, **self._options)
            return self._made[name, subscription]

    def deploy(self, group: str, name: str, body: bytes) -> Raw:
        """Send a template and wait for the whole of it; what the deployment then says."""
        client = self.client("deployments").deployments
        made: Raw = client.begin_create_or_update(group, name, body, polling=self.polling(), **_options({})).result()
        return made

    def what_if(self, group: str, name: str, body: bytes) -> Raw:
        """What Azure itself foretells of a template."""
        client = self.client("deployments").deployments
        found: Raw = client.begin_what_if(group, name, body, polling=self.polling(), **_options({})).result()
        return found

    def polling(self) -> GrowingPolling:
        """A fresh way of waiting for one operation."""
        return GrowingPolling(self._base)

    def warm(self, shorts: Iterable[str]) -> None:
        """Import the clients that write these types, so that nobody waits for it later."""
        for name in dict.fromkeys(_CLIENTS[short] for short in shorts):
            IMPORTS[name]()

    def put(self, type_: ResourceType, id_: str, body: bytes, headers: Mapping[str, str]) -> Raw:
        """Create or replace; waits for a long-running operation. Raises azure-core's errors."""
        return _PUT[type_.short](self, type_.api_version, id_, body, _options(headers))

    def patch(self, type_: ResourceType, id_: str, body: bytes, headers: Mapping[str, str]) -> Raw:
        """Change what the body names and leave the rest."""
        return _PATCH[type_.short](self, type_.api_version, id_, body, _options(headers))

    def delete(self, type_: ResourceType, id_: str) -> None:
        """Remove; a resource that is not there is no error. There is no entry for a group: none is ever removed."""
        _DELETE[type_.short](self, type_.api_version, id_)


_CLIENTS: Mapping[str, str] = {
    "group": "resource",
    "workspace": "loganalytics",
    "table": "loganalytics",
    "endpoint": "monitor",
    "dcr": "monitor",
    "grant": "authorization",
}


Writer = Callable[[Services, str, str, bytes, dict[str, Any]], Raw]


def _raw(response: Any, _: Any, __: Any) -> Raw:
    """The answer as it came: the clients' models drop what they do not know."""
    text = response.http_response.text()
    body: Any = json.loads(text) if text else None
    return body if isinstance(body, dict) else {}


def _options(headers: Mapping[str, str]) -> dict[str, Any]:
    return {"cls": _raw, "headers": dict(headers), "content_type": "application/json"}


def _names(id_: str) -> tuple[str, ...]:
    """Group, then the names of the resource and its parents."""
    parts = parse_id(id_)
    assert parts is not None, id_
    return (parts.group, *parts.names)


def _put_group(services: Services, _: str, id_: str, body: bytes, options: dict[str, Any]) -> Raw:
    made: Raw = services.client("resource", id_).resource_groups.create_or_update(
        id_.rsplit("/", 1)[1], body, **options
    )
    return made


def _put_workspace(services: Services, _: str, id_: str, body: bytes, options: dict[str, Any]) -> Raw:
    client = services.client("loganalytics", id_).workspaces
    made: Raw = client.begin_create_or_update(*_names(id_), body, polling=services.polling(), **options).result()
    return made


def _patch_workspace(services: Services, _: str, id_: str, body: bytes, options: dict[str, Any]) -> Raw:
    made: Raw = services.client("loganalytics", id_).workspaces.update(*_names(id_), body, **options)
    return made


def _delete_workspace(services: Services, _: str, id_: str) -> None:
    services.client("loganalytics", id_).workspaces.begin_delete(*_names(id_), polling=services.polling()).result()


def _put_table(services: Services, _: str, id_: str, body: bytes, options: dict[str, Any]) -> Raw:
    client = services.client("loganalytics", id_).tables
    made: Raw = client.begin_create_or_update(*_names(id_), body, polling=services.polling(), **options).result()
    return made


def _patch_table(services: Services, _: str, id_: str, body: bytes, options: dict[str, Any]) -> Raw:
    client = services.client("loganalytics", id_).tables
    made: Raw = client.begin_update(*_names(id_), body, polling=services.polling(), **options).result()
    return made


def _delete_table(services: Services, _: str, id_: str) -> None:
    services.client("loganalytics", id_).tables.begin_delete(*_names(id_), polling=services.polling()).result()


def _put_endpoint(services: Services, version: str, id_: str, body: bytes, options: dict[str, Any]) -> Raw:
    client = services.client("monitor", id_).data_collection_endpoints
    made: Raw = client.create(*_names(id_), body, api_version=version, **options)
    return made


def _delete_endpoint(services: Services, version: str, id_: str) -> None:
    services.client("monitor", id_).data_collection_endpoints.delete(*_names(id_), api_version=version)


def _put_dcr(services: Services, version: str, id_: str, body: bytes, options: dict[str, Any]) -> Raw:
    made: Raw = services.client("monitor", id_).data_collection_rules.create(
        *_names(id_), body, api_version=version, **options
    )
    return made


def _delete_dcr(services: Services, version: str, id_: str) -> None:
    services.client("monitor", id_).data_collection_rules.delete(*_names(id_), api_version=version)


def _put_grant(services: Services, version: str, id_: str, body: bytes, options: dict[str, Any]) -> Raw:
    scope, _, name = id_.partition("/providers/Microsoft.Authorization/roleAssignments/")
    client = services.client("authorization", id_).role_assignments
    made: Raw = client.create(scope.lstrip("/"), name, body, api_version=version, **options)
    return made


def _delete_grant(services: Services, version: str, id_: str) -> None:
    scope, _, name = id_.partition("/providers/Microsoft.Authorization/roleAssignments/")
    services.client("authorization", id_).role_assignments.delete(scope.lstrip("/"), name, api_version=version)


_PUT: Mapping[str, Writer] = {
    "group": _put_group,
    "workspace": _put_workspace,
    "table": _put_table,
    "endpoint": _put_endpoint,
    "dcr": _put_dcr,
    "grant": _put_grant,
}
_PATCH: Mapping[str, Writer] = {"workspace": _patch_workspace, "table": _patch_table}
_DELETE: Mapping[str, Callable[[Services, str, str], None]] = {
    "workspace": _delete_workspace,
    "table": _delete_table,
    "endpoint": _delete_endpoint,
    "dcr": _delete_dcr,
    "grant": _delete_grant,
}


def _asked(headers: Any) -> float | None:
    for name, unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        value = str(headers.get(name) or "")
        if value.replace(".", "", 1).isdecimal() and float(value) > 0:
            return float(value) * unit
    return None
