"""What a handler gives back: a response, or an error in Azure's envelope."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Response:
    """Status, body and headers; the body is a JSON value, JSON text already printed, or None for no body."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def encode_body(self) -> bytes:
        """The body as it is sent: UTF-8 JSON, empty where there is none."""
        if self.body is None:
            return b""
        # Lists of thousands of tables come printed: printing them twice would double their time.
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, separators=(",", ":"))
        return text.encode()


class ApiError(Exception):
    """An error of Azure's APIs: status and `{"error": {"code", "message", "target", "details"}}`.

    `code` may be None: the service then sends a message alone. Further keyword arguments become members of `error`.
    """

    def __init__(
        self,
        status: int,
        code: str | None,
        message: str,
        *,
        target: str | None = None,
        details: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        **members: object,
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
        self.error.update(members)

    def to_response(self) -> Response:
        """The error as a response; its headers are a copy, because more are added on the way out."""
        return Response(self.status, {"error": self.error}, dict(self.headers))


def resource_group_not_found(name: str) -> ApiError:
    """404 ResourceGroupNotFound, in ARM's words."""
    return ApiError(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")


def resource_not_found(type_path: str, name_path: str, group: str) -> ApiError:
    """404 ResourceNotFound, in ARM's words; the paths are such as `workspaces/tables` and `law/Orders_CL`."""
    message = (
        f"The Resource '{type_path}/{name_path}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
    return ApiError(404, "ResourceNotFound", message)


def not_implemented(feature: str) -> ApiError:
    """501 for what Azure offers and this emulator does not."""
    return ApiError(501, "NotImplemented", f"The emulator does not implement {feature}.")
