"""The HTTP policies of all management clients: bounded retries, rate limiting, request counts, shared connections.

The clients' default policies are not used, for two reasons: they register resource providers at subscription scope
when Azure asks for it, which is more than a tool for one resource group may do; and they sleep for any Retry-After.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse, policies
from azure.core.pipeline.transport import RequestsTransport
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy
from requests import Session
from requests.adapters import HTTPAdapter

from provisioner._version import __version__
from provisioner.azure.rate_limiter import RateLimiter
from provisioner.azure.request_counters import RequestCounters
from provisioner.azure.retry_after import retry_after_seconds

if TYPE_CHECKING:
    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import TokenCache

_RETRYABLE_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
_MAX_ATTEMPTS = 6
# Fewer than for answers: a host that cannot be reached at all should be reported within seconds.
_MAX_CONNECTION_RETRIES = 4
# Seconds. Where Retry-After asks for more, the answer is returned and its error says how long Azure asked to wait.
_MAX_SINGLE_WAIT = 60.0
_MAX_TOTAL_WAIT = 180.0
"""Seconds for all waits of one call together."""


class CallObserver:
    """Per thread: a listener that hears why a call takes longer, and Azure's request id of the last write.

    Policies are shared by all threads, and a client's methods return bodies only; this carries the rest.
    """

    def __init__(self) -> None:
        self._local = threading.local()

    def set_listener(self, listener: Callable[[str], None] | None) -> None:
        """Set this thread's listener; None removes it."""
        self._local.listener = listener

    @property
    def request_id(self) -> str | None:
        """Azure's request id of this thread's last write, which Azure support asks for."""
        return getattr(self._local, "request_id", None)

    def record_request_id(self, request_id: str | None) -> None:
        """Set the id of this thread's last write; None before a new one."""
        self._local.request_id = request_id

    def report_wait(self, why: str) -> None:
        """Give the reason of a wait to this thread's listener, if it has one."""
        listener = getattr(self._local, "listener", None)
        if listener is not None:
            listener(why)


class RateLimitPolicy(policies.SansIOHTTPPolicy[Any, Any]):
    """Delays each request until the rate limiter allows it, counts it, and records the budget in its answer."""

    def __init__(self, counters: RequestCounters, rate_limiter: RateLimiter, observer: CallObserver) -> None:
        self._counters, self._rate_limiter, self._observer = counters, rate_limiter, observer

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Wait for the request's slot, then count it."""
        sent = request.http_request
        delay = self._rate_limiter.reserve_slot(sent.method, _provider_and_type(sent.url))
        if delay > 0:
            self._observer.report_wait(f"few calls are left; {delay:.1f} s to the next one")
            time.sleep(delay)
        self._counters.count(sent.method, retry=bool(request.context.get("attempt")))

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:
        """Record the remaining calls, and the request id of a write."""
        sent = request.http_request
        headers = response.http_response.headers
        self._rate_limiter.record_remaining(sent.method, _provider_and_type(sent.url), headers)
        if sent.method in {"PUT", "PATCH", "DELETE"}:
            self._observer.record_request_id(
                headers.get("x-ms-request-id") or headers.get("x-ms-correlation-request-id")
            )


class BoundedRetryPolicy(policies.HTTPPolicy[Any, Any]):
    """Retries a call after 408, 429, 5xx and broken connections, within limits, and reports each wait.

    Retrying writes is safe here: the PUT, PATCH and DELETE calls of this package are idempotent.
    """

    def __init__(self, observer: CallObserver) -> None:
        super().__init__()
        self._observer = observer

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send the request, retrying within the limits. Returns the last answer, or raises azure-core's error."""
        spent = 0.0
        for attempt in range(_MAX_ATTEMPTS):
            request.context["attempt"] = attempt
            last = attempt == _MAX_ATTEMPTS - 1
            try:
                response = self.next.send(request)
            except (ServiceRequestError, ServiceResponseError) as error:
                if not _is_retryable(error) or attempt >= _MAX_CONNECTION_RETRIES:
                    raise
                delay, why = _backoff_seconds(attempt), "the connection broke"
            else:
                http_response = response.http_response
                if last or http_response.status_code not in _RETRYABLE_STATUSES:
                    return response
                delay = retry_after_seconds(http_response.headers) or _backoff_seconds(attempt)
                if delay > _MAX_SINGLE_WAIT or spent + delay > _MAX_TOTAL_WAIT:
                    return response
                why = f"Azure answered {http_response.status_code}"
            spent += delay
            self._observer.report_wait(f"{why}; trying again in {delay:.1f} s")
            time.sleep(delay)
        raise AssertionError("the last attempt returns or raises")


def create_session(cloud: Cloud, connections: int) -> Session:
    """An HTTP session with `connections` connections to a host; the emulator's ignores proxy settings."""
    new_session = Session()
    new_session.trust_env = cloud.trust_environment
    new_session.mount("https://", HTTPAdapter(pool_connections=4, pool_maxsize=connections))
    return new_session


def create_transport(cloud: Cloud, session: Session) -> RequestsTransport:
    """A transport over the session that several clients can share."""
    verify = {"connection_verify": str(cloud.ca_file)} if cloud.ca_file else {}
    return RequestsTransport(session=session, session_owner=False, connection_timeout=20, read_timeout=120, **verify)


def management_policies(
    cloud: Cloud, tokens: TokenCache, counters: RequestCounters, rate_limiter: RateLimiter, observer: CallObserver
) -> list[Any]:
    """The policies of every management client, in the order in which a request passes them."""
    # Policies after the retry policy run once an attempt: each attempt is signed, paced, counted and logged.
    return [
        policies.RequestIdPolicy(),
        policies.UserAgentPolicy(base_user_agent=f"provisioner/{__version__}"),
        policies.ContentDecodePolicy(),
        BoundedRetryPolicy(observer),
        ARMChallengeAuthenticationPolicy(tokens, cloud.arm_scope),
        RateLimitPolicy(counters, rate_limiter, observer),
        policies.HttpLoggingPolicy(),
    ]


def _provider_and_type(url: str) -> str:
    """The provider namespace and type in a URL, in lower case: ARM counts calls by them."""
    tail = url.split("?", 1)[0].lower().rpartition("/providers/")[2]
    return "/".join(tail.split("/")[:2])


def _backoff_seconds(attempt: int) -> float:
    """0.2 s doubling with each attempt, plus up to a third at random so that threads do not retry in step."""
    return 0.2 * (1 << attempt) * (1 + random.random() / 3)  # noqa: S311 - spread, not secrecy


def _is_retryable(error: Exception) -> bool:
    # An untrusted certificate and an unknown host name do not change within seconds.
    text = str(error)
    return not any(
        text_part in text for text_part in ("CERTIFICATE_VERIFY_FAILED", "NameResolutionError", "Errno -2", "Errno -3")
    )
