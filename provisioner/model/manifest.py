"""What the author wrote, resolved for one environment: shorthands expanded, variables and defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from provisioner.model.stream import Stream
from provisioner.model.table import Table

SELF = "self"
"""The principal of a grant that means the identity that runs."""

PUBLISHER = "Monitoring Metrics Publisher"


@dataclass(frozen=True, slots=True)
class Target:
    """Where it stands: cloud, subscription (GUID), resource group, region (short form)."""

    cloud: str
    subscription: str
    resource_group: str
    location: str
    tenant: str | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """Managed by `name` in the target's group, or `existing` by `id`: read, never written."""

    name: str
    location: str
    retention: int | None = None
    id: str | None = None

    @property
    def existing(self) -> bool:
        """Whether it is somebody else's."""
        return self.id is not None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The DCE, managed by `name` or existing by `id`. `public_access`: enabled, disabled or secured_by_perimeter."""

    name: str
    location: str
    public_access: str = "enabled"
    id: str | None = None

    @property
    def existing(self) -> bool:
        """Whether it is somebody else's."""
        return self.id is not None


@dataclass(frozen=True, slots=True)
class Dcr:
    """A data collection rule: the streams it holds (their keys), and whose endpoint takes them in."""

    name: str
    streams: tuple[str, ...]
    endpoint: Literal["shared", "direct"]
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """The right of a principal (object id, or `self`) to send to DCRs (names)."""

    name: str
    principal: str
    dcrs: tuple[str, ...]
    type: Literal["ServicePrincipal", "User", "Group"] = "ServicePrincipal"
    role: str = PUBLISHER


@dataclass(frozen=True, slots=True)
class Manifest:
    """One environment's worth of what the author wants."""

    name: str
    target: Target
    workspace: Workspace
    environment: str | None = None
    endpoint: Endpoint | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    streams: Mapping[str, Stream] = field(default_factory=dict)
    dcrs: Mapping[str, Dcr] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    send: bool = True
    """verify.send: whether test rows may be written."""

    @property
    def owner(self) -> str:
        """The value of the ownership tag: `<name>/<environment>`, or `<name>` without one."""
        return f"{self.name}/{self.environment}" if self.environment else self.name

    def dcrs_of(self, stream: str) -> tuple[Dcr, ...]:
        """The DCRs that hold the stream with this key."""
        return tuple(dcr for dcr in self.dcrs.values() if stream in dcr.streams)
