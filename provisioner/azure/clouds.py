"""The clouds that there are: which hosts to speak to and which audiences to ask tokens for.

Sources: azure-cli `azure/cli/core/cloud.py` (authority, ARM, query); the Logs Ingestion API overview (ingestion
audiences); azure-core `AzureClouds` (ARM scopes). The query API refuses a token for its own host name in the public
cloud, so host and audience differ there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Cloud:
    """One row: where to sign in, where each service is, and the scope of its token."""

    name: str
    authority: str
    arm: str
    arm_audience: str
    ingestion_audience: str
    ingestion_suffix: str
    query: str
    query_audience: str
    portal: str
    ca_file: Path | None = None
    """The only certificate authority to trust; None: the machine's."""
    ambient: bool = True
    """Whether proxies, variables and cached sign-ins of the machine count."""

    @property
    def arm_scope(self) -> str:
        """The scope of a token for ARM."""
        return _scope(self.arm_audience)

    @property
    def ingestion_scope(self) -> str:
        """The scope of a sender's token."""
        return _scope(self.ingestion_audience)

    @property
    def query_scope(self) -> str:
        """The scope of a token for the query API."""
        return _scope(self.query_audience)


CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        "public": Cloud(
            name="public",
            authority="https://login.microsoftonline.com",
            arm="https://management.azure.com",
            arm_audience="https://management.core.windows.net/",
            ingestion_audience="https://monitor.azure.com",
            ingestion_suffix="ingest.monitor.azure.com",
            query="https://api.loganalytics.azure.com",
            query_audience="https://api.loganalytics.io",
            portal="https://portal.azure.com",
        ),
        "usgovernment": Cloud(
            name="usgovernment",
            authority="https://login.microsoftonline.us",
            arm="https://management.usgovcloudapi.net",
            arm_audience="https://management.core.usgovcloudapi.net/",
            ingestion_audience="https://monitor.azure.us",
            ingestion_suffix="ingest.monitor.azure.us",
            query="https://api.loganalytics.us",
            query_audience="https://api.loganalytics.us",
            portal="https://portal.azure.us",
        ),
        "china": Cloud(
            name="china",
            authority="https://login.chinacloudapi.cn",
            arm="https://management.chinacloudapi.cn",
            arm_audience="https://management.core.chinacloudapi.cn/",
            ingestion_audience="https://monitor.azure.cn",
            ingestion_suffix="ingest.monitor.azure.cn",
            query="https://api.loganalytics.azure.cn",
            query_audience="https://api.loganalytics.azure.cn",
            portal="https://portal.azure.cn",
        ),
    }
)


def local(endpoint: str, authority: str, query: str, ca_file: Path | str) -> Cloud:
    """The emulator as a cloud: its own hosts and certificate authority, deaf to the machine's proxies and sign-ins."""
    public = CLOUDS["public"]
    return Cloud(
        name="local",
        authority=authority,
        arm=endpoint.rstrip("/"),
        arm_audience=public.arm_audience,
        ingestion_audience=public.ingestion_audience,
        ingestion_suffix=public.ingestion_suffix,
        query=query.rstrip("/"),
        query_audience=public.query_audience,
        portal=public.portal,
        ca_file=Path(ca_file),
        ambient=False,
    )


def _scope(audience: str) -> str:
    return f"{audience.rstrip('/')}/.default"
