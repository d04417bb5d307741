"""The manifest of one environment: shorthands and variables expanded, defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from provisioner.model.manifest_path import ManifestPath
from provisioner.model.monitoring import Monitoring
from provisioner.model.stream import Stream
from provisioner.model.table import Table

SELF = "self"
"""The principal of a grant for the identity that runs the provisioner."""

PUBLISHER = "Monitoring Metrics Publisher"
"""The role that may send to a DCR: the default of a grant."""

# The emulator has these from its first start on, so that ids can be computed before it runs.
LOCAL_SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
LOCAL_TENANT = "00000000-0000-0000-0000-00000000feed"
LOCAL_GROUP = "rg-local"
LOCAL_LOCATION = "westeurope"


@dataclass(frozen=True, slots=True)
class Target:
    """Where resources are deployed: cloud, subscription (GUID), resource group, region (short form)."""

    cloud: str
    subscription: str
    resource_group: str
    location: str
    tenant: str | None = None

    @property
    def path(self) -> ManifestPath:
        """Where the manifest declares it."""
        return ("target",)


def local_target(resource_group: str = LOCAL_GROUP, location: str = LOCAL_LOCATION) -> Target:
    """The emulator as a target: one subscription and tenant, so that ids are the same on every machine."""
    return Target("local", LOCAL_SUBSCRIPTION, resource_group, location, LOCAL_TENANT)


NetworkAccess = Literal["enabled", "disabled", "secured_by_perimeter"]


@dataclass(frozen=True, slots=True)
class Sku:
    """How a workspace is paid: as it goes, or for a commitment in GB a day."""

    commitment: int | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """The Log Analytics workspace: managed by `name` in the target's group, or existing by `id`.

    `retention` is in days, `daily_cap` in GB (-1: none). None leaves Azure's value alone. `sentinel`: Microsoft
    Sentinel is onboarded, or with `id` taken to be.
    """

    name: str
    location: str
    retention: int | None = None
    id: str | None = None
    sku: Sku | None = None
    daily_cap: float | None = None
    ingestion_access: NetworkAccess | None = None
    query_access: NetworkAccess | None = None
    access: Literal["resource", "workspace"] | None = None
    sentinel: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> ManifestPath:
        """Where the manifest declares it."""
        return ("workspace",)

    @property
    def existing(self) -> bool:
        """Whether it is only read, never written."""
        return self.id is not None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The data collection endpoint (DCE): managed by `name`, or existing by `id`.

    `public_access` is enabled, disabled or secured_by_perimeter.
    """

    name: str
    location: str
    public_access: str = "enabled"
    id: str | None = None
    description: str | None = None

    @property
    def path(self) -> ManifestPath:
        """Where the manifest declares it."""
        return ("endpoint",)

    @property
    def existing(self) -> bool:
        """Whether it is only read, never written."""
        return self.id is not None


EndpointMode = Literal["shared", "direct", "both"]
"""`shared` is the manifest's endpoint, `direct` one of the DCR's own, `both` serves senders of either."""


@dataclass(frozen=True, slots=True)
class Dcr:
    """A data collection rule (DCR): the keys of its streams, and the endpoints that take their records in."""

    name: str
    streams: tuple[str, ...]
    endpoint: EndpointMode
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    system_assigned: bool = False
    """Whether it has an identity of its own; False leaves what Azure has."""

    @property
    def path(self) -> ManifestPath:
        """Where the manifest declares it."""
        return ("dcrs", self.name)


@dataclass(frozen=True, slots=True)
class FederatedCredential:
    """A token of another identity provider that signs in as an application: who issues it, for whom, for which use."""

    name: str
    issuer: str
    subject: str
    audience: str


@dataclass(frozen=True, slots=True)
class Application:
    """An app registration of Microsoft Entra that sends; it signs in by federated credentials and has no secret."""

    name: str
    federated: tuple[FederatedCredential, ...] = ()

    @property
    def path(self) -> ManifestPath:
        """Where the manifest declares it."""
        return ("applications", self.name)


PrincipalType = Literal["ServicePrincipal", "User", "Group"]
PrincipalKind = Literal["application_id", "identity", "resource", "application"]


@dataclass(frozen=True, slots=True)
class PrincipalReference:
    """A principal that is named by something else than its object id.

    `application_id` is a client id, `identity` the resource id of a user-assigned identity, `resource` that of a
    resource with a system-assigned one, `application` the name of one that the manifest declares.
    """

    kind: PrincipalKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


@dataclass(frozen=True, slots=True)
class Grant:
    """The right of a principal (object id, `self`, or a reference that is looked up) to send to DCRs (names)."""

    name: str
    principal: str | PrincipalReference
    dcrs: tuple[str, ...]
    type: PrincipalType = "ServicePrincipal"
    role: str = PUBLISHER

    @property
    def path(self) -> ManifestPath:
        """Where the manifest declares it."""
        return ("grants", self.name)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that the author declares, for one environment."""

    name: str
    target: Target
    workspace: Workspace
    environment: str | None = None
    endpoint: Endpoint | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    streams: Mapping[str, Stream] = field(default_factory=dict)
    dcrs: Mapping[str, Dcr] = field(default_factory=dict)
    applications: Mapping[str, Application] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    monitoring: Monitoring | None = None
    workspace_transforms: Mapping[str, Stream] = field(default_factory=dict)
    """By table: what is done with rows that reach it through no rule of their own, as a stream of one flow."""
    send: bool = True
    """Whether `verify` may write test rows (`verify.send`)."""

    @property
    def owner(self) -> str:
        """The value of the ownership tag: `<name>/<environment>`, or `<name>` without one."""
        # Environments may share a resource group: the name alone would make each prune what the others own.
        return f"{self.name}/{self.environment}" if self.environment else self.name

    def dcrs_of(self, stream: str) -> tuple[Dcr, ...]:
        """The DCRs that have the stream with this key."""
        return tuple(dcr for dcr in self.dcrs.values() if stream in dcr.streams)
