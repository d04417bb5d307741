"""What one resource needs, and one property of it before and after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from provisioner.resources import Body, Key, Resource, Short

Action = Literal["create", "update", "replace", "delete", "no-op"]
Risk = Literal["none", "additive", "breaking", "destructive"]
RISKS: tuple[Risk, ...] = ("none", "additive", "breaking", "destructive")
"""From harmless to lost rows."""


def worst(risks: list[Risk]) -> Risk:
    """The gravest of some risks; none where there are none."""
    return max(risks, key=RISKS.index, default="none")


@dataclass(frozen=True, slots=True)
class Delta:
    """One property. `pattern` is its path with `[]` and `*` for names; a side that has none is None."""

    path: str
    before: Any
    after: Any
    pattern: str = field(default="", compare=False)
    name: str = field(default="", compare=False)
    """The nearest name on the way: of the column, stream or flow."""

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """Which side is there."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "deltas"."""
        return {"path": self.path, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a change is as risky as it is. `allow` is the name that accepts it; None: nothing does, see `instead`."""

    risk: Risk
    text: str
    allow: str | None = None
    instead: str | None = None

    @property
    def blocked(self) -> bool:
        """No yes helps: Azure cannot do it."""
        return self.instead is not None

    def __str__(self) -> str:
        return f"{self.text}; instead: {self.instead}" if self.instead else self.text


@dataclass(frozen=True, slots=True)
class Change:
    """One resource's way from live to desired. `path` is where the manifest declares it."""

    action: Action
    key: Key
    id: str
    risk: Risk = "none"
    reasons: tuple[Reason, ...] = ()
    deltas: tuple[Delta, ...] = ()
    desired: Resource | None = None
    live: Resource | None = None
    body: Body | None = None
    """What the manifest wants, references resolved."""
    needs: tuple[Key, ...] = ()
    path: tuple[str | int, ...] = ()
    drops: frozenset[str] = frozenset()
    """Columns that a yes by name removes."""

    @property
    def type(self) -> Short:
        """The resource's type, in short."""
        return self.key[0]

    @property
    def name(self) -> str:
        """The resource's name in the manifest's words."""
        return self.key[1]

    @property
    def writes(self) -> bool:
        """Whether applying it sends anything."""
        return self.action != "no-op"

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "changes", without file and line."""
        return {
            "action": self.action,
            "type": self.type,
            "name": self.name,
            "id": self.id,
            "risk": self.risk,
            "reasons": [str(each) for each in self.reasons],
            "deltas": [each.json() for each in self.deltas],
        }
