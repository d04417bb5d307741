"""Azure's clouds: the host names of each service and the audiences of their tokens.

Sources: azure-cli `azure/cli/core/cloud.py` (authority, ARM, query); the Logs Ingestion API overview (ingestion
audiences); azure-core `AzureClouds` (ARM scopes); learn.microsoft.com/graph/deployments (Microsoft Graph). The query
API refuses a token for its own host name in the public cloud, so host and audience differ there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Cloud:
    """The sign-in authority of a cloud, and the address and token audience of each of its services."""

    name: str
    authority: str
    arm_endpoint: str
    arm_audience: str
    ingestion_audience: str
    ingestion_suffix: str
    query_endpoint: str
    query_audience: str
    portal: str
    directory_endpoint: str
    """Microsoft Graph, through which Microsoft Entra is read and written."""
    directory_audience: str
    ca_file: Path | None = None
    """The only certificate authority to trust; None trusts those of the machine."""
    trust_environment: bool = True
    """Whether the machine's proxies, environment variables and cached sign-ins are used."""

    @property
    def arm_scope(self) -> str:
        """The scope of a token for ARM."""
        return _default_scope(self.arm_audience)

    @property
    def directory_scope(self) -> str:
        """The scope of a token for Microsoft Graph."""
        return _default_scope(self.directory_audience)

    @property
    def ingestion_scope(self) -> str:
        """The scope of a token for the Logs Ingestion API."""
        return _default_scope(self.ingestion_audience)

    @property
    def query_scope(self) -> str:
        """The scope of a token for the query API."""
        return _default_scope(self.query_audience)


CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        "public": Cloud(
            name="public",
            authority="https://login.microsoftonline.com",
            arm_endpoint="https://management.azure.com",
            arm_audience="https://management.core.windows.net/",
            ingestion_audience="https://monitor.azure.com",
            ingestion_suffix="ingest.monitor.azure.com",
            query_endpoint="https://api.loganalytics.azure.com",
            query_audience="https://api.loganalytics.io",
            portal="https://portal.azure.com",
            directory_endpoint="https://graph.microsoft.com",
            directory_audience="https://graph.microsoft.com",
        ),
        "usgovernment": Cloud(
            name="usgovernment",
            authority="https://login.microsoftonline.us",
            arm_endpoint="https://management.usgovcloudapi.net",
            arm_audience="https://management.core.usgovcloudapi.net/",
            ingestion_audience="https://monitor.azure.us",
            ingestion_suffix="ingest.monitor.azure.us",
            query_endpoint="https://api.loganalytics.us",
            query_audience="https://api.loganalytics.us",
            portal="https://portal.azure.us",
            directory_endpoint="https://graph.microsoft.us",
            directory_audience="https://graph.microsoft.us",
        ),
        "china": Cloud(
            name="china",
            authority="https://login.chinacloudapi.cn",
            arm_endpoint="https://management.chinacloudapi.cn",
            arm_audience="https://management.core.chinacloudapi.cn/",
            ingestion_audience="https://monitor.azure.cn",
            ingestion_suffix="ingest.monitor.azure.cn",
            query_endpoint="https://api.loganalytics.azure.cn",
            query_audience="https://api.loganalytics.azure.cn",
            portal="https://portal.azure.cn",
            directory_endpoint="https://microsoftgraph.chinacloudapi.cn",
            directory_audience="https://microsoftgraph.chinacloudapi.cn",
        ),
    }
)


def local_cloud(endpoint: str, authority: str, query: str, ca_file: Path | str) -> Cloud:
    """The emulator as a cloud: its own addresses and certificate authority, no proxy and no sign-in of the machine."""
    # Audiences stay those of the public cloud, so that senders written for Azure work against the emulator.
    public = CLOUDS["public"]
    return Cloud(
        name="local",
        authority=authority,
        arm_endpoint=endpoint.rstrip("/"),
        arm_audience=public.arm_audience,
        ingestion_audience=public.ingestion_audience,
        ingestion_suffix=public.ingestion_suffix,
        query_endpoint=query.rstrip("/"),
        query_audience=public.query_audience,
        portal=public.portal,
        directory_endpoint=endpoint.rstrip("/"),
        directory_audience=public.directory_audience,
        ca_file=Path(ca_file),
        trust_environment=False,
    )


def _default_scope(audience: str) -> str:
    return f"{audience.rstrip('/')}/.default"
