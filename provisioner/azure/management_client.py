"""Client of Azure Resource Manager: reads and writes resources as raw JSON, and raises this package's errors."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from provisioner.azure.error_translation import error_from_response, translated_errors
from provisioner.errors import CloudError, Rejected, TimedOut
from provisioner.package_data import load_facts
from provisioner.resources import Body, ResourceType

if TYPE_CHECKING:
    from provisioner.azure.http_pipeline import CallObserver
    from provisioner.azure.request_counters import RequestCounters
    from provisioner.azure.resource_operations import ResourceOperations

# "" stands for a body without provisioningState, as role assignments have.
_PROVISIONED_STATES = frozenset({"Succeeded", ""})
_FAILED_STATES = frozenset({"Failed", "Canceled"})
_MAX_PROVISIONING_WAIT = 600.0
"""Seconds to wait for a resource's `provisioningState` after its operation has ended."""


class ManagementClient:
    """ARM calls of one subscription. Bodies are sent as they are given and returned as Azure sent them."""

    def __init__(
        self, operations: ResourceOperations, base: str, counters: RequestCounters, observer: CallObserver
    ) -> None:
        self.operations = operations
        self.requests = counters
        self._base = base
        self._observer = observer

    def get(self, id_: str, api_version: str) -> Body | None:
        """One resource's body; None where it or its parent does not exist. Raises CloudError."""
        status, body, headers = self._send("GET", f"{id_}?api-version={api_version}", id_)
        if status == 404:
            return None
        if status != 200:
            raise error_from_response(status, body, headers, id_)
        return body if isinstance(body, dict) else None

    def list(self, path: str, api_version: str, query: str = "") -> list[Body] | None:
        """All items of a list, over all its pages; None where the parent does not exist. Raises CloudError."""
        items: list[Body] = []
        url: str | None = f"{path}?api-version={api_version}{query}"
        while url:
            status, body, headers = self._send("GET", url, path)
            # Only on the first page: a parent that vanishes between pages is an error, not an absence.
            if status == 404 and not items:
                return None
            if status != 200 or not isinstance(body, dict):
                raise error_from_response(status, body, headers, path)
            items.extend(item for item in body.get("value") or () if isinstance(item, dict))
            url = body.get("nextLink")
        return items

    def get_many(self, urls: Sequence[str]) -> Sequence[Body | CloudError | None]:
        """The answers to several reads of paths with their api-version, in their order, sent as one request.

        None where there is nothing (404), the error where one is refused. Raises CloudError where the whole is.
        """
        facts = load_facts("deployments.yaml")["batch"]
        answers: dict[str, Body | CloudError | None] = {}
        for start in range(0, len(urls), facts["most"]):
            part = urls[start : start + facts["most"]]
            # Names and not positions: beyond twenty, answers come in any order.
            requests = [{"httpMethod": "GET", "name": str(uuid.uuid4()), "relativeUrl": url} for url in part]
            url_of = {request["name"]: request["relativeUrl"] for request in requests}
            for answer in self._send_batch(requests, facts["api_version"]):
                url = url_of.get(str(answer.get("name")))
                if url is not None:
                    answers[url] = _batch_answer(answer, url)
        if missing := [url for url in urls if url not in answers]:
            raise CloudError(f"{missing[0]}: the batch has no answer to it", target=missing[0])
        return [answers[url] for url in urls]

    def _send_batch(self, requests: Sequence[Mapping[str, str]], api_version: str) -> Sequence[Body]:
        """The answers of one batch; a long one is accepted first, and asked for until it is done."""
        from provisioner.azure.retry_after import retry_after_seconds

        body = {"requests": requests}
        status, answer, headers = self._send("POST", f"/batch?api-version={api_version}", "batch", body)
        self.requests.count_as_read()
        deadline = time.monotonic() + _MAX_PROVISIONING_WAIT
        while status == 202 and "Location" in headers and time.monotonic() < deadline:
            time.sleep(min(retry_after_seconds(headers) or 1.0, 5.0))
            status, answer, headers = self._send("GET", headers["Location"], "batch")
        if status != 200 or not isinstance(answer, dict):
            raise error_from_response(status, answer, headers, "batch")
        answers = answer.get("responses") or answer.get("value") or ()
        return [one for one in answers if isinstance(one, dict)]

    def put(self, type_: ResourceType, id_: str, body: Body, *, if_match: str | None = None) -> Body:
        """Create or replace a resource, wait until it is provisioned, and return its body. Raises CloudError.

        `if_match` is an etag: a resource that has changed since then is refused with 412.
        """
        headers = {"If-Match": if_match} if if_match else {}
        with translated_errors(id_):
            answer_body = self.operations.put(type_, id_, _json_bytes(body), headers)
        return self._wait_until_provisioned(type_, id_, answer_body)

    def patch(self, type_: ResourceType, id_: str, body: Body, *, if_match: str | None = None) -> Body:
        """Change the properties in the body, wait and return as `put` does."""
        headers = {"If-Match": if_match} if if_match else {}
        with translated_errors(id_):
            answer_body = self.operations.patch(type_, id_, _json_bytes(body), headers)
        return self._wait_until_provisioned(type_, id_, answer_body)

    def run_action(self, type_: ResourceType, id_: str, action: str) -> None:
        """Run an action of a resource that needs no body, such as `migrate` of a table, and wait. Raises CloudError."""
        status, answer, request_id = self.exchange("POST", f"{id_}/{action}", type_.api_version)
        if status >= 400:
            raise error_from_response(status, answer, {"x-ms-request-id": request_id or ""}, id_)

    def delete(self, type_: ResourceType, id_: str) -> None:
        """Delete a resource; one that does not exist is no error. Raises CloudError."""
        with translated_errors(id_):
            self.operations.delete(type_, id_)

    def deploy(self, group: str, name: str, template: Body) -> Body:
        """Deploy a template into a resource group, in mode Incremental, and wait. Raises CloudError."""
        with translated_errors(f"deployment {name}"):
            return self.operations.deploy(group, name, _json_bytes(_deployment_body(template)))

    def what_if(self, group: str, name: str, template: Body) -> tuple[Body, ...]:
        """Azure's what-if of a template: one entry a resource, with its `changeType`. Raises CloudError."""
        with translated_errors(f"what-if {name}"):
            forecast = self.operations.what_if(group, name, _json_bytes(_deployment_body(template)))
        changes = forecast.get("changes") or (forecast.get("properties") or {}).get("changes") or []
        return tuple(change for change in changes if isinstance(change, dict))

    def exchange(
        self, method: str, path: str, api_version: str, body: Body | None = None, *, query: str = ""
    ) -> tuple[int, Any, str | None]:
        """Send one request as it is and return status, parsed body and Azure's request id, whatever the status.

        A long-running operation (202) is waited for; the status is then 200, or 400 with the operation's error. Raises
        CloudError where no answer came.
        """
        status, answer, headers = self._send(method, f"{path}?api-version={api_version}{query}", path, body)
        request_id = headers.get("x-ms-request-id") or headers.get("x-ms-correlation-request-id")
        status_url = headers.get("Azure-AsyncOperation") or headers.get("Location")
        if status == 202 and status_url:
            status, answer = self._operation_result(status_url, path)
        return status, answer, request_id

    def _operation_result(self, url: str, target: str) -> tuple[int, Any]:
        deadline, delay = time.monotonic() + _MAX_PROVISIONING_WAIT, 0.5
        while time.monotonic() < deadline:
            status, answer, _ = self._send("GET", url, target)
            state = str(answer.get("status") or "") if isinstance(answer, dict) else ""
            if state in _FAILED_STATES:
                return 400, answer
            # The address in Location answers 202 until the end, the one of the operation 200 with its state.
            if status != 202 and state in {"Succeeded", ""}:
                return status, answer
            self._observer.report_wait(f"operation: {state or 'running'}")
            time.sleep(delay)
            delay = min(delay * 1.5, 5.0)
        raise TimedOut(f"{target}: still running after {_MAX_PROVISIONING_WAIT:.0f} s", target=target)

    @contextmanager
    def reporting_waits(self, listener: Callable[[str], None]) -> Iterator[None]:
        """Give the reasons of this thread's waits to `listener` within the block."""
        self._observer.set_listener(listener)
        try:
            yield
        finally:
            self._observer.set_listener(None)

    def _send(self, method: str, url: str, target: str, body: Body | None = None) -> tuple[int, Any, Mapping[str, str]]:
        from azure.core.rest import HttpRequest

        full = url if url.startswith("https://") else f"{self._base}{url}"
        if urlsplit(full).netloc != urlsplit(self._base).netloc:
            # The request carries a token, which must not go to a host that only an answer names.
            raise Rejected(f"{target}: the next page lies on another host, {urlsplit(full).netloc}", target=target)
        with translated_errors(target):
            request = HttpRequest(method, full, headers={"Accept": "application/json"}, json=body)
            response = self.operations.send(request)
            return response.status_code, _json_or_none(response), response.headers

    def _wait_until_provisioned(self, type_: ResourceType, id_: str, body: Body) -> Body:
        # The workspaces client returns while the workspace is still Creating, so the resource's own state decides.
        deadline, delay = time.monotonic() + _MAX_PROVISIONING_WAIT, 0.5
        while (state := _provisioning_state(body)) not in _PROVISIONED_STATES:
            if state in _FAILED_STATES:
                raise CloudError(f"{id_}: its provisioning ended as {state}", target=id_, code=f"Provisioning{state}")
            if time.monotonic() > deadline:
                raise TimedOut(
                    f"{id_}: still {state} after {_MAX_PROVISIONING_WAIT:.0f} s", target=id_, hint="apply again later"
                )
            self._observer.report_wait(f"provisioning state: {state}")
            time.sleep(delay)
            delay = min(delay * 1.5, 5.0)
            body = self.get(id_, type_.api_version) or {}
        return body


def _batch_answer(answer: Body, url: str) -> Body | CloudError | None:
    status, content = int(answer.get("httpStatusCode") or 0), answer.get("content")
    if status == 404:
        return None
    if status == 200 and isinstance(content, dict):
        return content
    return error_from_response(status, content, answer.get("headers") or {}, url)


def _deployment_body(template: Body) -> Body:
    return {"properties": {"mode": "Incremental", "template": template, "parameters": {}}}


def _provisioning_state(body: Body) -> str:
    properties = body.get("properties")
    return str(properties.get("provisioningState") or "") if isinstance(properties, dict) else ""


def _json_bytes(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _json_or_none(response: Any) -> Any:
    try:
        return json.loads(response.content or b"null")
    except ValueError:
        return None
