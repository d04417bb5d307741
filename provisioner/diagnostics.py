"""What rules and parsers say about the author's text, as values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
"""error: Azure refuses it or the language forbids it · warning: silent in Azure, or disputed · info: good to know."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Character offsets into one text, from 0; `end` is exclusive."""

    start: int
    end: int

    def shift(self, by: int) -> Span:
        """The same span in a text that starts `by` characters earlier."""
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a word stands in a file: lines and columns count characters from 1, `end_*` is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters `span` of `file` (of the text itself where `file` is None) by `text`."""

    span: Span
    text: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A mechanical repair, said in words and as edits."""

    description: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark about the author's text.

    `span` counts in the text that was parsed; `place` says where that is in a file and is None
    for a text that came from no file.
    """

    code: str
    severity: Severity
    message: str
    span: Span = Span(0, 0)
    place: Place | None = None
    hint: str | None = None
    fix: Fix | None = None
    source: str | None = None
    environments: tuple[str, ...] = field(default=())

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of the fix; empty where there is none."""
        return self.fix.edits if self.fix else ()

    def at(self, place: Place, fix: Fix | None = None) -> Diagnostic:
        """The same remark at a place in a file, with its fix in that file's terms."""
        return replace(self, place=place, fix=fix)

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "diagnostic"."""
        place = self.place
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "file": place.file if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
            "end_line": place.end_line if place else None,
            "end_column": place.end_column if place else None,
            "hint": self.hint,
            "fix": {
                "description": self.fix.description,
                "edits": [
                    {"file": edit.file, "start": edit.span.start, "end": edit.span.end, "text": edit.text}
                    for edit in self.fix.edits
                ],
            }
            if self.fix
            else None,
            "source": self.source,
            **({"environments": list(self.environments)} if self.environments else {}),
        }


def has_failures(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic], *, strict: bool = False) -> bool:
    """Whether the answer is no: an error, or with `strict` a warning."""
    return any(d.severity == "error" or (strict and d.severity == "warning") for d in diagnostics)
