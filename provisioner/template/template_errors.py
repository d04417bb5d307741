"""The one error of this room, with Azure's code and text, and the place in the template."""

from __future__ import annotations

from typing import Any

from provisioner.errors import ProvisionerError
from provisioner.template.template_facts import template_facts

Key = str | int
"""A property's name or an index: one step of a path."""

_SHOWN = 400
"""Characters of a foreign text in a message: an expression may have 24,576."""


class TemplateError(ProvisionerError):
    """A template that Azure would refuse, or that is not evaluated here.

    `code` is Azure's error code, `reason` the key of `errors` in `schemas/template.yaml`. `path` leads from the
    template's root to the fault; `line` and `column` (from 1) are None where the template came without its text.
    """

    def __init__(self, reason: str, *, offset: int | None = None, **fields: object) -> None:
        """`offset` is where in an expression's text the fault is; `fields` fill the text's placeholders."""
        entry = template_facts()["errors"][reason]
        super().__init__("")
        self.reason = reason
        self.code: str = entry.get("code", "InvalidTemplate")
        self.path: list[Key] = []
        self.line: int | None = None
        self.column: int | None = None
        self.offset = offset
        self.rooted = False
        self._entry = entry
        self._fields = {name: printable(str(value)) for name, value in fields.items()}
        self._write()

    def _write(self) -> None:
        at = "" if self.line is None else f" at line '{self.line}' and column '{self.column}'"
        text = self._entry["text"].format(at=at, **self._fields)
        self.message = text if self._entry.get("whole") else f"Deployment template validation failed: '{text}'."
        self.args = (self.message,)

    def __str__(self) -> str:
        return self.message

    def within(self, *keys: Key) -> TemplateError:
        """The same error, whose place lies below these keys; raise it again."""
        # An error of an inner template has its whole path already.
        if not self.rooted:
            self.path[:0] = keys
        return self

    def place(self, root: tuple[Key, ...], position: tuple[int, int] | None) -> None:
        """Say where the path begins in the text, and line and column; the path is whole from here on."""
        self.rooted = True
        self.path[:0] = root
        if position is not None and self.line is None:
            self.line, self.column = position
            self._write()

    def json(self) -> dict[str, Any]:
        """Azure's shape of the error: code, message and where it is."""
        info = {"lineNumber": self.line or 0, "linePosition": self.column or 0, "path": path_text(self.path)}
        return {
            "code": self.code,
            "message": self.message,
            "additionalInfo": [{"type": "TemplateViolation", "info": info}],
        }


def path_text(path: list[Key]) -> str:
    """A path as Azure writes it: `resources[0].properties`; a name that is no identifier stands in `['…']`."""
    parts: list[str] = []
    for key in path:
        if isinstance(key, int):
            parts.append(f"[{key}]")
        elif key.replace("$", "a").isidentifier():
            parts.append(f".{key}" if parts else key)
        else:
            parts.append(f"['{printable(key)}']")
    return "".join(parts)


def printable(text: str) -> str:
    """A foreign text for a message: cut where it is long, control characters written out."""
    if len(text) > _SHOWN:
        text = text[:_SHOWN] + "…"
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
