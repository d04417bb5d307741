"""The wire: one subscription of one cloud, over the Azure SDKs; it knows no manifest."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self

from provisioner.azure.clouds import CLOUDS, Cloud, local
from provisioner.azure.credentials import Identity, Tokens, default, identify, secret
from provisioner.errors import ProvisionerError
from provisioner.model import Target

if TYPE_CHECKING:
    from requests import Session

    from provisioner.azure.http_pipeline import Waits
    from provisioner.azure.ingestion_client import Ingestion
    from provisioner.azure.management_client import Management
    from provisioner.azure.query_client import Query
    from provisioner.azure.request_counters import Counters

__all__ = ["CLOUDS", "Azure", "Cloud", "Identity", "connect", "connect_local", "local"]


class Ready(Protocol):
    """What the emulator says when it is up."""

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
    """A signed-in subscription: `management` for ARM, `tokens` and `session` for the data planes. Close it."""

    def __init__(self, cloud: Cloud, target: Target, tokens: Tokens, session: Session, concurrency: int) -> None:
        from provisioner.azure.request_counters import Counters

        self.cloud = cloud
        self.target = target
        self.tokens = tokens
        self.session = session
        self.concurrency = concurrency
        self.requests: Counters = Counters()

    @cached_property
    def waits(self) -> Waits:
        """Hears why calls take longer."""
        from provisioner.azure.http_pipeline import Waits

        return Waits()

    @cached_property
    def management(self) -> Management:
        """ARM."""
        from provisioner.azure import http_pipeline
        from provisioner.azure.management_client import Management
        from provisioner.azure.rate_limiter import Pace
        from provisioner.azure.resource_operations import Services

        policies = http_pipeline.pipeline(self.cloud, self.tokens, self.requests, Pace(), self.waits)
        over = http_pipeline.transport(self.cloud, self.session)
        services = Services(self.cloud, self.target.subscription, self.tokens, policies, over)
        return Management(services, self.cloud.arm, self.requests, self.waits)

    @cached_property
    def ingestion(self) -> Ingestion:
        """The Logs Ingestion API."""
        from provisioner.azure.ingestion_client import Ingestion

        return Ingestion(self.cloud, self.tokens, self.session, self.requests, self.waits)

    @cached_property
    def query(self) -> Query:
        """The log query API."""
        from provisioner.azure.query_client import Query

        return Query(self.cloud, self.tokens, self.session, self.requests, self.waits)

    @cached_property
    def identity(self) -> Identity:
        """Who acts. Raises NotSignedIn or Unreachable where nobody can sign in."""
        from provisioner.azure.error_translation import translated

        with translated(self.cloud.authority):
            return identify(self.tokens.get_token(self.cloud.arm_scope).token)

    def close(self) -> None:
        """Let go of connections."""
        self.tokens.close()
        self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(
    target: Target, cloud: Cloud | None = None, credential: Any = None, *, concurrency: int = 16, tokens: Any = None
) -> Azure:
    """Azure as the target means it; without a credential, azure-identity's DefaultAzureCredential of that cloud.

    Nothing is sent yet: the first use asks for a token. Raises ProvisionerError for a cloud that is not known.
    """
    from provisioner.azure import http_pipeline

    cloud = cloud or _cloud(target.cloud)
    session = http_pipeline.session(cloud, concurrency + 4)
    tokens = tokens or Tokens(credential or default(cloud, target.tenant), target.tenant)
    return Azure(cloud, target, tokens, session, concurrency)


def connect_local(target: Target, ready: Ready, *, concurrency: int = 16) -> Azure:
    """The emulator that is ready there, signed in with its own application: never with an ambient credential."""
    from provisioner.azure import http_pipeline

    cloud = local(ready.endpoint, ready.authority, ready.query, ready.ca_file)
    session = http_pipeline.session(cloud, concurrency + 4)
    credential = secret(cloud, ready.tenant, ready.client_id, ready.client_secret, session)
    return Azure(cloud, target, Tokens(credential), session, concurrency)


def _cloud(name: str) -> Cloud:
    if name not in CLOUDS:
        raise ProvisionerError(f"the cloud {name!r} is not known", hint=f"use one of: {', '.join(CLOUDS)}, local")
    return CLOUDS[name]
