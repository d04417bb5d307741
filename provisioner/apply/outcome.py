"""The outcome of one change, as a value and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from provisioner.apply.flow_errors import FlowError
from provisioner.errors import CloudError, ProvisionerError
from provisioner.plan import Action, Change
from provisioner.resources import Body, Key, TypeName

OutcomeState = Literal["applied", "failed", "skipped", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one change. State `unknown`: it was being written when the program was killed."""

    type: TypeName
    name: str
    action: Action
    state: OutcomeState
    seconds: float = 0.0
    error: ProvisionerError | None = None
    id: str = ""
    body: Body | None = None
    """The resource's body that Azure returned; None after a delete or a failure."""
    request_id: str | None = None
    """Azure's request id of the write."""
    flow_errors: tuple[FlowError, ...] = ()
    """The data flows that a refusal points into."""

    @classmethod
    def of_change(
        cls,
        change: Change,
        state: OutcomeState,
        seconds: float = 0.0,
        error: ProvisionerError | None = None,
        body: Body | None = None,
    ) -> Outcome:
        """The outcome of a change."""
        return cls(change.type, change.name, change.action, state, seconds, error, change.id, body)

    @property
    def key(self) -> Key:
        """Type and name."""
        return (self.type, self.name)

    def json(self) -> dict[str, Any]:
        """The outcome as JSON values, in the documented shape."""
        return {
            "type": self.type,
            "name": self.name,
            "action": self.action,
            "state": self.state,
            "seconds": round(self.seconds, 3),
            "error": error_json(self.error),
            "request_id": self.request_id,
            **({"blames": [flow_error.json() for flow_error in self.flow_errors]} if self.flow_errors else {}),
        }


def error_json(error: ProvisionerError | None) -> dict[str, Any] | None:
    """An error as JSON values: code, message, target, request id, hint and flattened details; None for no error."""
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
