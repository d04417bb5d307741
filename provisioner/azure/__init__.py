"""A signed-in connection to one Azure subscription, over the Azure SDKs; this room knows no manifest."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self

from provisioner.azure.clouds import CLOUDS, Cloud, local_cloud
from provisioner.azure.credentials import (
    Identity,
    TokenCache,
    default_credential,
    identity_from_token,
)
from provisioner.errors import ProvisionerError
from provisioner.model import Target

if TYPE_CHECKING:
    from requests import Session

    from provisioner.azure.directory_client import DirectoryClient
    from provisioner.azure.http_pipeline import CallObserver
    from provisioner.azure.ingestion_client import IngestionClient
    from provisioner.azure.management_client import ManagementClient
    from provisioner.azure.query_client import QueryClient
    from provisioner.azure.request_counters import RequestCounters
    from provisioner.resources import ResourceType

__all__ = ["CLOUDS", "Azure", "Cloud", "Identity", "connect", "connect_local", "local_cloud"]


class RunningEmulator(Protocol):
    """The addresses and credentials of a running emulator; `emulator.lifecycle` gives such a value."""

    @property
    def endpoint(self) -> str: ...
    @property
    def authority(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def tenant(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> str: ...
    @property
    def ca_file(self) -> Any: ...


class Azure:
    """A signed-in subscription: `management`, `ingestion` and `query` are its clients. Close it after use.

    `concurrency` is how many calls a caller may make at once; `requests` counts the calls that were made.
    """

    def __init__(self, cloud: Cloud, target: Target, tokens: TokenCache, session: Session, concurrency: int) -> None:
        from provisioner.azure.request_counters import RequestCounters

        self.cloud = cloud
        self.target = target
        self.tokens = tokens
        self.session = session
        self.concurrency = concurrency
        self.requests: RequestCounters = RequestCounters()

    @cached_property
    def observer(self) -> CallObserver:
        """Per thread: a listener for waits, and the request id of the last write."""
        from provisioner.azure.http_pipeline import CallObserver

        return CallObserver()

    @cached_property
    def management(self) -> ManagementClient:
        """The client of Azure Resource Manager."""
        from provisioner.azure import http_pipeline
        from provisioner.azure.management_client import ManagementClient
        from provisioner.azure.rate_limiter import RateLimiter
        from provisioner.azure.resource_operations import ResourceOperations

        policies = http_pipeline.management_policies(
            self.cloud, self.tokens, self.requests, RateLimiter(), self.observer
        )
        over = http_pipeline.create_transport(self.cloud, self.session)
        operations = ResourceOperations(self.cloud, self.target.subscription, self.tokens, policies, over)
        return ManagementClient(operations, self.cloud.arm_endpoint, self.requests, self.observer)

    @cached_property
    def directory(self) -> DirectoryClient:
        """The client of Microsoft Entra, through Microsoft Graph."""
        from provisioner.azure.directory_client import DirectoryClient

        return DirectoryClient(self.cloud, self.tokens, self.session, self.requests, self.observer)

    def writer_of(self, type_: ResourceType) -> ManagementClient | DirectoryClient:
        """The client that writes resources of a type."""
        return self.directory if type_.api == "directory" else self.management

    @cached_property
    def ingestion(self) -> IngestionClient:
        """The client of the Logs Ingestion API."""
        from provisioner.azure.ingestion_client import IngestionClient

        return IngestionClient(self.cloud, self.tokens, self.session, self.requests, self.observer)

    @cached_property
    def query(self) -> QueryClient:
        """The client of the log query API."""
        from provisioner.azure.query_client import QueryClient

        return QueryClient(self.cloud, self.tokens, self.session, self.requests, self.observer)

    @cached_property
    def identity(self) -> Identity:
        """The identity that signs in, read from its ARM token. Raises NotSignedIn or Unreachable."""
        from provisioner.azure.error_translation import translated_errors

        with translated_errors(self.cloud.authority):
            return identity_from_token(self.tokens.get_token(self.cloud.arm_scope).token)

    def close(self) -> None:
        """Close the credential and all connections."""
        self.tokens.close()
        self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(
    target: Target, cloud: Cloud | None = None, credential: Any = None, *, concurrency: int = 16, tokens: Any = None
) -> Azure:
    """Connect to the target's subscription in `cloud`, by default the one that the target names.

    `credential` is one of azure-identity's (default: its DefaultAzureCredential for that cloud); `tokens` replaces
    the token cache over it. Nothing is sent yet: the first call asks for a token. Raises ProvisionerError for an
    unknown cloud.
    """
    from provisioner.azure import http_pipeline

    cloud = cloud or _cloud_named(target.cloud)
    session = http_pipeline.create_session(cloud, concurrency + 4)
    tokens = tokens or TokenCache(credential or default_credential(cloud, target.tenant), target.tenant)
    return Azure(cloud, target, tokens, session, concurrency)


def connect_local(target: Target, ready: RunningEmulator, *, concurrency: int = 16) -> Azure:
    """Connect to a running emulator, signed in with the emulator's own application.

    The machine's sign-ins (az, environment variables) are never used: a token for a real tenant must not be sent to
    the emulator, and tests must not depend on who is signed in.
    """
    from provisioner.azure import http_pipeline
    from provisioner.azure.emulator_credential import EmulatorCredential

    cloud = local_cloud(ready.endpoint, ready.authority, ready.query, ready.ca_file)
    session = http_pipeline.create_session(cloud, concurrency + 4)
    credential = EmulatorCredential(cloud, ready.tenant, ready.client_id, ready.client_secret, session)
    return Azure(cloud, target, TokenCache(credential), session, concurrency)


def _cloud_named(name: str) -> Cloud:
    if name not in CLOUDS:
        raise ProvisionerError(f"the cloud {name!r} is not known", hint=f"use one of: {', '.join(CLOUDS)}, local")
    return CLOUDS[name]
