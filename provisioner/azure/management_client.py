"""ARM: read and write resources as raw JSON, over the official clients, with bounded waits and errors in our words."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from provisioner.azure.error_translation import answer, translated
from provisioner.errors import CloudError, Rejected, TimedOut
from provisioner.resources import Body, ResourceType

if TYPE_CHECKING:
    from provisioner.azure.http_pipeline import Waits
    from provisioner.azure.request_counters import Counters
    from provisioner.azure.resource_operations import Services

_DONE = frozenset({"Succeeded", ""})
_FAILED = frozenset({"Failed", "Canceled"})
_READY_BUDGET = 600.0
"""Seconds to wait for a resource's own state after its operation has ended."""


class Management:
    """One subscription's ARM. Bodies go out as they are given and come in as Azure sent them."""

    def __init__(self, services: Services, base: str, counters: Counters, waits: Waits) -> None:
        self.services = services
        self.requests = counters
        self._base = base
        self._waits = waits
        self._warm = threading.Lock()

    def get(self, id_: str, api_version: str) -> Body | None:
        """One resource, or None where it, or what it belongs to, is not there. Raises CloudError."""
        status, body, headers = self._send("GET", f"{id_}?api-version={api_version}", id_)
        if status == 404:
            return None
        if status != 200:
            raise answer(status, body, headers, id_)
        return body if isinstance(body, dict) else None

    def list(self, path: str, api_version: str, query: str = "") -> list[Body] | None:
        """All pages of a list; None where the parent is not there. Raises CloudError."""
        found: list[Body] = []
        url: str | None = f"{path}?api-version={api_version}{query}"
        while url:
            status, body, headers = self._send("GET", url, path)
            if status == 404 and not found:
                return None
            if status != 200 or not isinstance(body, dict):
                raise answer(status, body, headers, path)
            found.extend(each for each in body.get("value") or () if isinstance(each, dict))
            url = body.get("nextLink")
        return found

    def put(self, type_: ResourceType, id_: str, body: Body, *, if_match: str | None = None) -> Body:
        """Create or replace one resource and wait until it says that it is ready; what Azure then shows."""
        headers = {"If-Match": if_match} if if_match else {}
        with self._one(id_):
            made = self.services.put(type_, id_, _bytes(body), headers)
        return self._ready(type_, id_, made)

    def patch(self, type_: ResourceType, id_: str, body: Body, *, if_match: str | None = None) -> Body:
        """Change what the body names, and wait as `put` does."""
        headers = {"If-Match": if_match} if if_match else {}
        with self._one(id_):
            made = self.services.patch(type_, id_, _bytes(body), headers)
        return self._ready(type_, id_, made)

    def delete(self, type_: ResourceType, id_: str) -> None:
        """Remove one resource; its absence is no error."""
        with self._one(id_):
            self.services.delete(type_, id_)

    def deploy(self, group: str, name: str, template: Body) -> Body:
        """Deploy a template into a group of this subscription, incrementally, and wait. Raises CloudError."""
        with self._one(f"deployment {name}"):
            return self.services.deploy(group, name, _bytes(_deployment(template)))

    def what_if(self, group: str, name: str, template: Body) -> tuple[Body, ...]:
        """Azure's own forecast: one entry per resource with its changeType. Raises CloudError."""
        with self._one(f"what-if {name}"):
            found = self.services.what_if(group, name, _bytes(_deployment(template)))
        changes = found.get("changes") or (found.get("properties") or {}).get("changes") or []
        return tuple(each for each in changes if isinstance(each, dict))

    @contextmanager
    def listening(self, hear: Callable[[str], None]) -> Iterator[None]:
        """Within it, this thread's waits are told."""
        self._waits.listen(hear)
        try:
            yield
        finally:
            self._waits.listen(None)

    @contextmanager
    def _one(self, id_: str) -> Iterator[None]:
        with translated(id_):
            yield

    def _send(self, method: str, url: str, target: str) -> tuple[int, Any, Mapping[str, str]]:
        from azure.core.rest import HttpRequest

        full = url if url.startswith("https://") else f"{self._base}{url}"
        if urlsplit(full).netloc != urlsplit(self._base).netloc:
            raise Rejected(f"{target}: the next page lies on another host, {urlsplit(full).netloc}", target=target)
        with translated(target):
            response = self._sender().send_request(HttpRequest(method, full, headers={"Accept": "application/json"}))
            return response.status_code, _json(response), response.headers

    def _sender(self) -> Any:
        """The generic client; threads that start together import it once."""
        with self._warm:
            return self.services.resource

    def _ready(self, type_: ResourceType, id_: str, body: Body) -> Body:
        """The workspaces client returns while the workspace still says Creating; so its own state decides."""
        deadline, delay = time.monotonic() + _READY_BUDGET, 0.5
        while (state := _state(body)) not in _DONE:
            if state in _FAILED:
                raise CloudError(f"{id_}: its provisioning ended as {state}", target=id_, code=f"Provisioning{state}")
            if time.monotonic() > deadline:
                raise TimedOut(
                    f"{id_}: still {state} after {_READY_BUDGET:.0f} s", target=id_, hint="apply again later"
                )
            self._waits.tell(f"it says {state}")
            time.sleep(delay)
            delay = min(delay * 1.5, 5.0)
            body = self.get(id_, type_.api_version) or {}
        return body


def _deployment(template: Body) -> Body:
    return {"properties": {"mode": "Incremental", "template": template, "parameters": {}}}


def _state(body: Body) -> str:
    properties = body.get("properties")
    return str(properties.get("provisioningState") or "") if isinstance(properties, dict) else ""


def _bytes(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _json(response: Any) -> Any:
    try:
        return json.loads(response.content or b"null")
    except ValueError:
        return None
