"""The way to Azure: proxy, name and connection, certificate, and whether this machine's clock is right."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Generator, Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from provisioner.azure.connection_errors import unreachable_error
from provisioner.doctor.health_check import HealthCheck, failed, passed
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from requests import Response

    from provisioner.azure import Azure

NETWORK_CHECKS = ("proxy", "network", "certificate", "clock")


def check_network(azure: Azure) -> Iterator[HealthCheck]:
    """The checks of `NETWORK_CHECKS`; the later ones only where the earlier ones let a call through."""
    proxy = check_proxy(azure)
    yield proxy
    if not proxy.ok:
        return
    answer = yield from _call_arm(azure)
    if answer is not None:
        yield _check_clock(answer)


def check_proxy(azure: Azure) -> HealthCheck:
    """Whether a proxy is set for calls to Azure, and answers."""
    host = urlsplit(azure.cloud.arm_endpoint).hostname or ""
    proxy = getproxies().get("https") if azure.cloud.trust_environment else None
    if not proxy:
        return passed("proxy", "none is used")
    # NO_PROXY is read by the same rules as the HTTP library's, or the two would disagree on what is used.
    if proxy_bypass(host):
        return passed("proxy", f"none is used for {host} (NO_PROXY)")
    parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    # Never the whole address: it may hold a password.
    shown = f"{parts.hostname}:{parts.port or 80}"
    try:
        timeout = load_facts("health.yaml")["timeout_seconds"]
        socket.create_connection((parts.hostname or "", parts.port or 80), timeout=timeout).close()
    except OSError as error:
        reason = error.strerror or str(error)
        return failed(
            "proxy", f"{shown} does not answer: {reason}", "correct HTTPS_PROXY, or list the host in NO_PROXY"
        )
    return passed("proxy", f"{shown} answers")


def _call_arm(azure: Azure) -> Generator[HealthCheck, None, Response | None]:
    """One call that needs no sign-in; returns its answer, None where none came."""
    from requests import RequestException
    from requests.exceptions import SSLError

    facts = load_facts("health.yaml")
    endpoint = azure.cloud.arm_endpoint
    verify = str(azure.cloud.ca_file) if azure.cloud.ca_file else True
    try:
        answer = azure.session.get(f"{endpoint}{facts['open_path']}", timeout=facts["timeout_seconds"], verify=verify)
    # A handshake that fails shows that the host answered: the way is open, and the trust is missing.
    except SSLError as error:
        yield passed("network", f"{urlsplit(endpoint).netloc} answers")
        problem = unreachable_error(error, endpoint)
        yield failed("certificate", problem.message, problem.hint or "")
        return None
    except RequestException as error:
        problem = unreachable_error(error, endpoint)
        yield failed("network", problem.message, problem.hint or "")
        return None
    yield passed("network", f"{urlsplit(endpoint).netloc} answers")
    yield passed("certificate", "it is trusted")
    return answer


def _check_clock(answer: Response) -> HealthCheck:
    """Whether this machine's clock is near enough to Azure's for tokens to be valid."""
    most = load_facts("health.yaml")["clock"]["most_seconds"]
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return passed("clock", "Azure's answer tells no time")
    # Whole seconds are all that the header has, and the answer took its time: a few seconds mean nothing.
    skew = (dt.datetime.now(dt.UTC) - theirs).total_seconds()
    if abs(skew) <= most:
        return passed("clock", f"{abs(skew):.0f} s from Azure's")
    direction = "ahead of" if skew > 0 else "behind"
    message = f"{abs(skew):.0f} s {direction} Azure's; {most} s are the most for a token to be valid"
    return failed("clock", message, "set this machine's clock, or turn on its time synchronisation")
