"""What a handler gives back: an answer, or a refusal in Azure's error envelope."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Answer:
    """A status, a JSON body (text as it is, None for none) and headers."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """The bytes of the body."""
        if self.body is None:
            return b""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, separators=(",", ":"))
        return text.encode()


class Refusal(Exception):
    """An error answer: `{"error": {"code", "message", "target", "details"}}`."""

    def __init__(
        self,
        status: int,
        code: str | None,
        message: str,
        *,
        target: str | None = None,
        details: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.error: dict[str, Any] = {"code": code, "message": message} if code else {"message": message}
        if target is not None:
            self.error["target"] = target
        if details:
            self.error["details"] = details
        self.error.update(more)

    def answer(self) -> Answer:
        """The refusal as an answer."""
        return Answer(self.status, {"error": self.error}, dict(self.headers))


def missing_group(name: str) -> Refusal:
    """404 for a resource group that is not there."""
    return Refusal(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")


def missing_resource(kind: str, name: str, group: str) -> Refusal:
    """404 for a resource that is not there; `kind` and `name` are paths such as `workspaces/tables` and `w/t`."""
    message = (
        f"The Resource '{kind}/{name}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
    return Refusal(404, "ResourceNotFound", message)


def unsupported(what: str) -> Refusal:
    """501 for what Azure has and this emulator has not."""
    return Refusal(501, "NotImplemented", f"The emulator does not implement {what}.")
