"""What became of one change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from provisioner.errors import CloudError, ProvisionerError
from provisioner.plan import Action, Change

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

    @classmethod
    def of(cls, change: Change, state: State, seconds: float = 0.0, error: ProvisionerError | None = None) -> Outcome:
        """The outcome of a change."""
        return cls(change.type, change.name, change.action, state, seconds, error, change.id)

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "outcomes"."""
        return {
            "type": self.type,
            "name": self.name,
            "action": self.action,
            "state": self.state,
            "seconds": round(self.seconds, 3),
            "error": error_json(self.error),
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
