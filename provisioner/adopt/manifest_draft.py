"""A manifest in the making: the author's plain words, the comments beside them and the diagnostics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.adopt.codes import REWORDED, WORDLESS
from provisioner.diagnostics import Diagnostic, Place, Severity
from provisioner.load.yaml.yaml_writer import dump
from provisioner.resources.flatten import Remark

Path = tuple[str | int, ...]
_ORDER = ("version", "name", "tags", "variables", "target", "workspace", "endpoint")
_LONG = 400


@dataclass(frozen=True, slots=True)
class Left:
    """Something that was seen and not imported: its type, its name and why."""

    type: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """What import found: the manifest in plain words, the comments by path, what was left, and the diagnostics."""

    words: Mapping[str, Any]
    comments: Mapping[Path, str]
    left: tuple[Left, ...]
    diagnostics: tuple[Diagnostic, ...]
    environment: str | None = None
    """The environment under which what was found is ours: plan with it."""

    def text(self) -> str:
        """The manifest as YAML."""
        return dump(self.words, self.comments)


@dataclass(slots=True)
class Draft:
    """Collects words, comments and diagnostics; `place` says where in the source the next ones were found."""

    live: bool
    words: dict[str, Any] = field(default_factory=lambda: {"version": 1})
    notes: dict[Path, list[str]] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    place: Place | None = None

    def section(self, name: str) -> dict[str, Any]:
        """The mapping `tables`, `streams`, `dcrs`, … made when it is first needed."""
        found: dict[str, Any] = self.words.setdefault(name, {})
        return found

    def tell(self, code: str, severity: Severity, message: str, hint: str | None = None) -> None:
        """Say something about the source."""
        self.diagnostics.append(Diagnostic(code, severity, message, place=self.place, hint=hint))

    def note(self, path: Path, text: str) -> None:
        """Write a comment above the key at a path."""
        if text not in self.notes.setdefault(path, []):
            self.notes[path].append(text)

    def leave(self, code: str, type_: str, name: str, why: str) -> None:
        """List something that is not imported."""
        self.left.append(Left(type_, name, why))
        self.tell(code, "info", f"{type_} {name} is not imported: {why}")

    def remark(self, path: Path, subject: str, remarks: tuple[Remark, ...]) -> None:
        """Keep what a flatten could not carry over word for word as comments."""
        lost = [each for each in remarks if each.kind == "lost"]
        if lost and self.live:
            self.note(path, "Stays as it is in Azure: " + ", ".join(dict.fromkeys(each.path for each in lost)))
        for each in remarks:
            if each.kind == "changed":
                self.tell(REWORDED, "info", f"{subject}: {each.why}")
            elif self.live:
                self.tell(WORDLESS, "info", f"{subject}: {each.path} stays as it is in Azure ({each.why})")
            else:
                self.note(path, f"Not carried over: {each.path} = {_json(each.value)}")
                self.tell(WORDLESS, "warning", f"{subject}: {each.path} is not carried over: {each.why}")

    def done(self, environment: str | None = None) -> Adopted:
        """The finished draft, its sections in the order in which people read them."""
        first = {key: self.words[key] for key in _ORDER if key in self.words}
        words = first | {key: value for key, value in self.words.items() if value not in ({}, [])}
        if self.left:
            listed = [f"{each.type} {each.name}: {each.why}" for each in self.left]
            self.notes.setdefault(("",), []).extend(["Seen and not imported:", *(f"- {each}" for each in listed)])
        comments = {path: "\n".join(lines) for path, lines in self.notes.items()}
        return Adopted(words, comments, tuple(self.left), tuple(self.diagnostics), environment)


def _json(value: Any) -> str:
    """A value on one line, or on several where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONG else json.dumps(value, ensure_ascii=False, indent=1)


def escaped(text: str) -> str:
    """Text in which no `$` starts a variable of the manifest."""
    return text.replace("$", "$$") if "$(" in text or "$$" in text else text
