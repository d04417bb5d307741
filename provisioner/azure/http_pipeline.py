"""The one pipeline under all management clients: connections kept, calls counted, waits bounded, no surprises.

The clients' default pipeline registers a provider at subscription scope when Azure asks for it, and sleeps as long as
any Retry-After says. Neither is for a tool that was given one resource group; so the policies are put together here.
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
from provisioner.azure.rate_limiter import Pace
from provisioner.azure.request_counters import Counters

if TYPE_CHECKING:
    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import Tokens

_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_ATTEMPTS = 6
_BROKEN = 4
"""A connection that breaks is tried again this often."""
_LONGEST = 60.0
"""No single wait is longer, whatever Retry-After says: then the answer is handed on, and tells how long Azure asked."""
_BUDGET = 180.0
"""All waits of one call together."""


class Waits:
    """What a thread that makes calls wants to know: why one takes longer, and the id of its last write."""

    def __init__(self) -> None:
        self._local = threading.local()

    def listen(self, hear: Callable[[str], None] | None) -> None:
        """Set or unset this thread's listener."""
        self._local.hear = hear

    @property
    def request_id(self) -> str | None:
        """Azure's id of this thread's last write: what a support case wants."""
        return getattr(self._local, "request_id", None)

    def remember(self, request_id: str | None) -> None:
        """Note the id of a write; None before the next one."""
        self._local.request_id = request_id

    def tell(self, why: str) -> None:
        """Pass it on, if this thread has a listener."""
        hear = getattr(self._local, "hear", None)
        if hear is not None:
            hear(why)


class CountPolicy(policies.SansIOHTTPPolicy[Any, Any]):
    """Counts what leaves, after pacing it."""

    def __init__(self, counters: Counters, pace: Pace, waits: Waits) -> None:
        self._counters, self._pace, self._waits = counters, pace, waits

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Wait for the slot, then count."""
        sent = request.http_request
        delay = self._pace.delay(sent.method, _provider(sent.url))
        if delay > 0:
            self._waits.tell(f"few calls are left; {delay:.1f} s to the next one")
            time.sleep(delay)
        self._counters.count(sent.method, again=bool(request.context.get("attempt")))

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:
        """Learn what is left."""
        sent = request.http_request
        headers = response.http_response.headers
        self._pace.learn(sent.method, _provider(sent.url), headers)
        if sent.method in {"PUT", "PATCH", "DELETE"}:
            self._waits.remember(headers.get("x-ms-request-id") or headers.get("x-ms-correlation-request-id"))


class AgainPolicy(policies.HTTPPolicy[Any, Any]):
    """Sends a call again after 408, 429, 5xx and broken connections, within a budget, and says so.

    Every management call here may be sent twice: PUT, PATCH and DELETE name what they want, not what to add.
    """

    def __init__(self, waits: Waits) -> None:
        super().__init__()
        self._waits = waits

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send, and again where that is worth it."""
        spent = 0.0
        for attempt in range(_ATTEMPTS):
            request.context["attempt"] = attempt
            last = attempt == _ATTEMPTS - 1
            try:
                response = self.next.send(request)
            except (ServiceRequestError, ServiceResponseError) as error:
                if not _worth(error) or attempt >= _BROKEN:
                    raise
                delay, why = _growing(attempt), "the connection broke"
            else:
                found = response.http_response
                if last or found.status_code not in _AGAIN:
                    return response
                delay = _asked(found.headers) or _growing(attempt)
                if delay > _LONGEST or spent + delay > _BUDGET:
                    return response
                why = f"Azure answered {found.status_code}"
            spent += delay
            self._waits.tell(f"{why}; trying again in {delay:.1f} s")
            time.sleep(delay)
        raise AssertionError("the last attempt returns or raises")


def session(cloud: Cloud, connections: int) -> Session:
    """Connections for all threads; the emulator's is deaf to proxies and variables."""
    made = Session()
    made.trust_env = cloud.ambient
    made.mount("https://", HTTPAdapter(pool_connections=4, pool_maxsize=connections))
    return made


def transport(cloud: Cloud, over: Session) -> RequestsTransport:
    """A transport that every client can share."""
    verify = {"connection_verify": str(cloud.ca_file)} if cloud.ca_file else {}
    return RequestsTransport(session=over, session_owner=False, connection_timeout=20, read_timeout=120, **verify)


def pipeline(cloud: Cloud, tokens: Tokens, counters: Counters, pace: Pace, waits: Waits) -> list[Any]:
    """The policies of every management client, in order: retries stand outside of what is done per attempt."""
    return [
        policies.RequestIdPolicy(),
        policies.UserAgentPolicy(base_user_agent=f"provisioner/{__version__}"),
        policies.ContentDecodePolicy(),
        AgainPolicy(waits),
        ARMChallengeAuthenticationPolicy(tokens, cloud.arm_scope),
        CountPolicy(counters, pace, waits),
        policies.HttpLoggingPolicy(),
    ]


def _provider(url: str) -> str:
    """The provider namespace and type that a URL speaks of: budgets are kept by it."""
    tail = url.split("?", 1)[0].lower().rpartition("/providers/")[2]
    return "/".join(tail.split("/")[:2])


def _asked(headers: Any) -> float | None:
    """The wait that an answer asks for, in seconds; None where it asks for none that can be read."""
    for name, unit in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("Retry-After", 1.0)):
        value = headers.get(name)
        try:
            if value is not None and float(value) > 0:
                return float(value) * unit
        except ValueError:
            continue
    return None


def _growing(attempt: int) -> float:
    """0.2 s doubling; up to a third is random, so that threads do not return in step."""
    return 0.2 * (1 << attempt) * (1 + random.random() / 3)  # noqa: S311 - spread, not secrecy


def _worth(error: Exception) -> bool:
    """A certificate that nobody vouches for and a name that nobody knows will not change within seconds."""
    text = str(error)
    return not any(
        each in text for each in ("CERTIFICATE_VERIFY_FAILED", "NameResolutionError", "Errno -2", "Errno -3")
    )
