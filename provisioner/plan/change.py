"""What one resource needs, and one property of it before and after."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from provisioner.diagnostics import Fix
from provisioner.plan.delta_text import PLAN_SIDES, text_diff
from provisioner.plan.effects.flow_effect import FlowEffect
from provisioner.resources import Body, Key, Resource, TypeName

Action = Literal["create", "update", "replace", "delete", "no-op"]
Risk = Literal["none", "additive", "breaking", "destructive"]
RISKS: tuple[Risk, ...] = ("none", "additive", "breaking", "destructive")
"""Ascending: `breaking` stops senders or queries, `destructive` loses rows."""


def highest_risk(risks: list[Risk]) -> Risk:
    """The highest of some risks; `none` for an empty list."""
    return max(risks, key=RISKS.index, default="none")


@dataclass(frozen=True, slots=True)
class Delta:
    """One property that differs: its path, and its value on each side (None where that side has none).

    `pattern` is the path with `[]` for list items and `*` for names, as in `resources.ComparisonFacts`.
    """

    path: str
    before: Any
    after: Any
    pattern: str = field(default="", compare=False)
    name: str = field(default="", compare=False)
    """The nearest named ancestor on the path: the column, stream or flow."""

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """Which side has a value."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    def reversed(self) -> Delta:
        """The delta of the opposite change."""
        return replace(self, before=self.after, after=self.before)

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "deltas"."""
        return {"path": self.path, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a change has its risk.

    `allow` is the value of `--allow` that accepts it; None where no acceptance is needed, or where none is possible:
    then `instead` says what to do.
    """

    risk: Risk
    text: str
    allow: str | None = None
    instead: str | None = None

    @property
    def blocked(self) -> bool:
        """Whether Azure cannot do it at all, so that no `--allow` helps."""
        return self.instead is not None

    def __str__(self) -> str:
        return f"{self.text}; instead: {self.instead}" if self.instead else self.text


@dataclass(frozen=True, slots=True)
class Change:
    """What one resource needs to become as declared. `path` is where the manifest declares it."""

    action: Action
    key: Key
    id: str
    risk: Risk = "none"
    reasons: tuple[Reason, ...] = ()
    deltas: tuple[Delta, ...] = ()
    desired: Resource | None = None
    live: Resource | None = None
    body: Body | None = None
    """The desired body with references resolved; None where nothing is sent."""
    needs: tuple[Key, ...] = ()
    path: tuple[str | int, ...] = ()
    removed_columns: frozenset[str] = frozenset()
    """Live columns that `--allow destructive:TABLE.COLUMN` removes."""
    conversion: str | None = None
    """The action of Azure that converts the live resource before it is written, such as `migrate`."""
    flow_effects: tuple[FlowEffect, ...] = ()
    """What becomes of the rows of its flows; empty where it changes none, or nobody asked for it."""
    fix: Fix | None = None
    """Edits of the manifest in the place of what Azure cannot do."""

    @property
    def type(self) -> TypeName:
        """The short name of the resource's type."""
        return self.key[0]

    @property
    def name(self) -> str:
        """The resource's name in the manifest."""
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
            "reasons": [str(reason) for reason in self.reasons],
            "deltas": [delta.json() for delta in self.deltas],
            "text_diff": text_diff(self.type, self.deltas, PLAN_SIDES),
            "rows": [row for effect in self.flow_effects for row in effect.row_data()],
            "flows": [effect.json() for effect in self.flow_effects],
            "fix": None if self.fix is None else self.fix.json(),
        }
