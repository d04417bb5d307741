"""The client's settings: the environment to lay over, and what is shown in the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass
class ServerSettings:
    """`environment`: the one to lay over, None for all. `inlay_hints` and `code_lens` can be switched off."""

    environment: str | None = None
    inlay_hints: bool = True
    code_lens: bool = True
    last_message: str = ""

    @classmethod
    def from_client(cls, values: Any) -> ServerSettings:
        """The settings as a client sends them, alone or under `provisioner`; what has another type is left out."""
        if isinstance(values, Mapping) and isinstance(values.get("provisioner"), Mapping):
            values = values["provisioner"]
        settings = cls()
        if not isinstance(values, Mapping):
            return settings
        environment = values.get("environment")
        settings.environment = environment if isinstance(environment, str) and environment else None
        for name, attribute in (("inlayHints", "inlay_hints"), ("codeLens", "code_lens")):
            value = values.get(name)
            if isinstance(value, Mapping):
                value = value.get("enable")
            if isinstance(value, bool):
                setattr(settings, attribute, value)
        return settings
