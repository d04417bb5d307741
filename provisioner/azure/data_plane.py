"""The one pipeline under ingestion and query clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azure.core.pipeline import policies

from provisioner._version import __version__
from provisioner.azure.http_pipeline import AgainPolicy, CountPolicy, transport
from provisioner.azure.rate_limiter import Pace

if TYPE_CHECKING:
    from requests import Session

    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import Tokens
    from provisioner.azure.http_pipeline import Waits
    from provisioner.azure.request_counters import Counters


def options(
    cloud: Cloud, tokens: Tokens, scope: str, *, session: Session, counters: Counters, waits: Waits
) -> dict[str, Any]:
    """Keyword arguments for a client of azure-monitor-ingestion or azure-monitor-query.

    A call is sent again as management calls are: a query changes nothing, and a record that is taken twice arrives
    twice, which whoever looks for it must bear in any case.
    """
    return {
        "transport": transport(cloud, session),
        "policies": [
            policies.RequestIdPolicy(),
            policies.UserAgentPolicy(base_user_agent=f"provisioner/{__version__}"),
            policies.ContentDecodePolicy(),
            AgainPolicy(waits),
            policies.BearerTokenCredentialPolicy(tokens, scope),
            # A pace of its own: the budgets that ARM tells say nothing about the data plane.
            CountPolicy(counters, Pace(), waits),
            policies.HttpLoggingPolicy(),
        ],
    }
