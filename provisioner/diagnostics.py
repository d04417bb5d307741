"""Diagnostics as values: remarks of checks and parsers about the author's text, with positions and fixes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
"""error: Azure or this language refuses it · warning: Azure does something unexpected without an error, or the fact is
disputed · info: no action is needed."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Character offsets into one text, from 0; `end` is exclusive."""

    start: int
    end: int

    def shift(self, by: int) -> Span:
        """The span moved by a number of characters."""
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file: lines and columns count characters from 1, `end_*` is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class RelatedPlace:
    """Another place that a diagnostic is about, and what stands there."""

    message: str
    place: Place


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of the characters `span` of `file` (None: of the parsed text itself) by `text`."""

    span: Span
    text: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A mechanical repair, as a description and as edits."""

    description: str
    edits: tuple[Edit, ...]

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "diagnostic"."""
        return {
            "description": self.description,
            "edits": [
                {"file": edit.file, "start": edit.span.start, "end": edit.span.end, "text": edit.text}
                for edit in self.edits
            ],
        }


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings that say the same of several names: one `key` for all, and the `message` with `{names}` in it."""

    key: str
    message: str


# Names in this module are a public face: plugins make diagnostics, and library users read them.
@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark about the author's text.

    `span` counts in the parsed text; `place` is the position in a file, None for a text that came from no file.
    `environments` names those that the remark is about, where a manifest was checked for several. `subject` is the
    name that it is about, such as a column's, and `intended` the one that the hint proposes in its place: code reads
    them there, never in the texts. `related` are other places that it is about, such as the first of two entries.
    Findings of one `group` are told to people as one, with the subjects of all.
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
    subject: str | None = None
    intended: str | None = None
    related: tuple[RelatedPlace, ...] = ()
    group: FindingGroup | None = None

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of the fix; empty where there is none."""
        return self.fix.edits if self.fix else ()

    def at(self, place: Place, fix: Fix | None = None) -> Diagnostic:
        """The same remark at a position in a file, with a fix whose edits count in that file."""
        return replace(self, place=place, fix=fix)

    def json(self) -> dict[str, Any]:
        """The diagnostic as JSON values, in the documented shape."""
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
            "fix": self.fix.json() if self.fix else None,
            "source": self.source,
            **({"environments": list(self.environments)} if self.environments else {}),
            **({"group": self.group.key} if self.group else {}),
        }


def has_failures(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic], *, strict: bool = False) -> bool:
    """Whether there is an error or, with `strict`, a warning."""
    return any(d.severity == "error" or (strict and d.severity == "warning") for d in diagnostics)
