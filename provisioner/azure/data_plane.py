"""The HTTP policies of the ingestion, query and directory clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azure.core.pipeline import policies

from provisioner._version import __version__
from provisioner.azure.http_pipeline import BoundedRetryPolicy, RateLimitPolicy, create_transport
from provisioner.azure.rate_limiter import RateLimiter

if TYPE_CHECKING:
    from requests import Session

    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import TokenCache
    from provisioner.azure.http_pipeline import CallObserver
    from provisioner.azure.request_counters import RequestCounters


def client_options(
    cloud: Cloud,
    tokens: TokenCache,
    scope: str,
    *,
    session: Session,
    counters: RequestCounters,
    observer: CallObserver,
    retries: bool = True,
) -> dict[str, Any]:
    """Keyword arguments for a client of azure-monitor-ingestion or azure-monitor-query, or for azure-core's own.

    Calls are retried as management calls are. A query changes nothing; an upload that is retried after a broken
    connection can store its records twice, so that callers must not count on single rows. Without `retries` the
    caller repeats calls itself.
    """
    return {
        "transport": create_transport(cloud, session),
        "policies": [
            policies.RequestIdPolicy(),
            policies.UserAgentPolicy(base_user_agent=f"provisioner/{__version__}"),
            policies.ContentDecodePolicy(),
            *([BoundedRetryPolicy(observer)] if retries else []),
            policies.BearerTokenCredentialPolicy(tokens, scope),
            # A rate limiter of its own: the remaining calls that ARM reports say nothing about the data plane.
            RateLimitPolicy(counters, RateLimiter(), observer),
            policies.HttpLoggingPolicy(),
        ],
    }
