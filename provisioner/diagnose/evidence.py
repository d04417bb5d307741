"""One stream into one table that did not go as foretold: what a cause looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from provisioner.errors import CloudError
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_state import Scene
from provisioner.probes.probe import Leg, Shot
from provisioner.resources import Body


@dataclass(slots=True)
class Case:
    """A leg, and the scene it lies in."""

    leg: Leg
    scene: Scene

    @property
    def shot(self) -> Shot:
        """What was sent."""
        return self.leg.shot

    @property
    def error(self) -> CloudError | None:
        """The refusal of the endpoint."""
        return self.leg.shot.error

    @property
    def status(self) -> int | None:
        """Its HTTP status."""
        return self.error.status if self.error else None

    @property
    def rule(self) -> Body | None:
        """The live rule."""
        return self.scene.rule(self.shot.dcr.name)

    @property
    def rule_id(self) -> str:
        """The rule's ARM id."""
        return self.scene.id("dcr", self.shot.dcr.name)

    @property
    def stream(self) -> str:
        """Azure's name of the stream."""
        return self.shot.stream.name

    @property
    def said(self) -> str:
        """What the endpoint said, in a line."""
        return self.error.message if self.error else ""

    def properties(self, body: Body | None) -> dict[str, Any]:
        """A body's properties; empty where there is no body."""
        return (body or {}).get("properties") or {}


Cause = Callable[[Case], Diagnosis | None]


def ago(age: Any) -> str:
    """A timedelta in words."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 120:
        return f"{seconds} s ago"
    return f"{seconds // 60} min ago" if seconds < 7200 else f"{seconds // 3600} h ago"
