"""What became of one change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from provisioner.apply.flow_errors import Blame
from provisioner.errors import CloudError, ProvisionerError
from provisioner.plan import Action, Change, Plan
from provisioner.resources import Body, Graph

State = Literal["applied", "failed", "skipped", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One change's end. `unknown`: it was under way when the program had to stop."""

    type: str
    name: str
    action: Action
    state: State
    seconds: float = 0.0
    error: ProvisionerError | None = None
    id: str = ""
    body: Body | None = None
    """What Azure shows after it; None after a removal or a failure."""
    request_id: str | None = None
    """Azure's id of the write."""
    blames: tuple[Blame, ...] = ()
    """Which flows a refusal means, and where the manifest writes them."""

    @classmethod
    def of(
        cls,
        change: Change,
        state: State,
        seconds: float = 0.0,
        error: ProvisionerError | None = None,
        body: Body | None = None,
    ) -> Outcome:
        """The outcome of a change."""
        return cls(change.type, change.name, change.action, state, seconds, error, change.id, body)

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "outcomes"."""
        return {
            "type": self.type,
            "name": self.name,
            "action": self.action,
            "state": self.state,
            "seconds": round(self.seconds, 3),
            "error": error_json(self.error),
            "request_id": self.request_id,
            **({"blames": [each.json() for each in self.blames]} if self.blames else {}),
        }


def error_json(error: ProvisionerError | None) -> dict[str, Any] | None:
    """An error as data: code, message, target, request id, the next step and the flattened details."""
    if error is None:
        return None
    cloud = error if isinstance(error, CloudError) else None
    return {
        "code": (cloud.code if cloud else None) or type(error).__name__,
        "message": error.message,
        "target": cloud.target if cloud else None,
        "request_id": cloud.request_id if cloud else None,
        "hint": error.hint,
        "details": [
            {"code": code, "message": message, "target": target}
            for code, message, target in (cloud.details if cloud else ())
        ],
    }


def after(plan: Plan, outcomes: Sequence[Outcome]) -> Graph:
    """The live graph as apply left it, without another read: what was planned against, with the answers laid over."""
    graph = {each.key: each for each in plan.live.graph}
    by_key = {change.key: change for change in plan.changes}
    for outcome in outcomes:
        change = by_key[outcome.type, outcome.name]  # type: ignore[index]
        if outcome.state != "applied":
            continue
        if outcome.body is None:
            graph.pop(change.key, None)
        elif change.desired is not None:
            graph[change.key] = replace(change.desired, id=str(outcome.body.get("id") or change.id), body=outcome.body)
    return Graph(graph.values())
