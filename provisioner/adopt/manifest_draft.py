"""A manifest that an import builds: its fields as in YAML, comments by path, skipped resources and diagnostics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.adopt.codes import NO_MANIFEST_KEY, NOTHING_IMPORTED, OTHER_SPELLING
from provisioner.diagnostics import Diagnostic, Place, Severity
from provisioner.load.yaml.yaml_writer import dump_yaml
from provisioner.resources.flatten import PropertyRemark

Path = tuple[str | int, ...]
_SECTION_ORDER = ("version", "name", "tags", "variables", "target", "workspace", "endpoint")
_MAX_LINE = 400


@dataclass(frozen=True, slots=True)
class SkippedResource:
    """A resource that was not imported: its type, its name and the reason."""

    type: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportedManifest:
    """The result of an import: the manifest's fields, comments by path, skipped resources and diagnostics."""

    fields: Mapping[str, Any]
    comments: Mapping[Path, str]
    skipped: tuple[SkippedResource, ...]
    diagnostics: tuple[Diagnostic, ...]
    environment: str | None = None
    """The environment in the owner tag of the live resources; planning with it gives no changes."""

    @property
    def is_empty(self) -> bool:
        """Whether it holds no table, stream, rule or transform of the workspace."""
        return not any(self.fields.get(section) for section in ("tables", "streams", "dcrs", "workspace_transforms"))

    def yaml_text(self) -> str:
        """The manifest as YAML."""
        return dump_yaml(self.fields, self.comments)


@dataclass(slots=True)
class ManifestDraft:
    """Collects fields, comments and diagnostics; `position` is the source position of the next diagnostics."""

    live: bool
    fields: dict[str, Any] = field(default_factory=lambda: {"version": 1})
    comments: dict[Path, list[str]] = field(default_factory=dict)
    skipped: list[SkippedResource] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    position: Place | None = None

    def section(self, name: str) -> dict[str, Any]:
        """The section `tables`, `streams`, `dcrs`, …, created on first use."""
        section: dict[str, Any] = self.fields.setdefault(name, {})
        return section

    def add_diagnostic(self, code: str, severity: Severity, message: str, hint: str | None = None) -> None:
        """Add a diagnostic at the current position."""
        self.diagnostics.append(Diagnostic(code, severity, message, place=self.position, hint=hint))

    def add_comment(self, path: Path, text: str) -> None:
        """Add a comment line above the key at a path, unless it is there already."""
        if text not in self.comments.setdefault(path, []):
            self.comments[path].append(text)

    def skip(self, code: str, type_: str, name: str, reason: str, severity: Severity = "info") -> None:
        """List a resource that is not imported."""
        self.skipped.append(SkippedResource(type_, name, reason))
        self.add_diagnostic(code, severity, f"{type_} {name} is not imported: {reason}")

    def add_remarks(self, path: Path, subject: str, remarks: tuple[PropertyRemark, ...]) -> None:
        """Report the properties that `flatten` could not carry over; from a file, keep their values as comments."""
        lost = [remark for remark in remarks if remark.effect == "lost"]
        # A live resource keeps them, since every write is merged with what is there; a file's would be lost.
        if lost and self.live:
            self.add_comment(
                path, "Stays as it is in Azure: " + ", ".join(dict.fromkeys(remark.path for remark in lost))
            )
        for remark in remarks:
            if remark.effect == "changed":
                self.add_diagnostic(OTHER_SPELLING, "info", f"{subject}: {remark.why}")
            elif self.live:
                self.add_diagnostic(
                    NO_MANIFEST_KEY, "info", f"{subject}: {remark.path} stays as it is in Azure ({remark.why})"
                )
            else:
                self.add_comment(path, f"Not carried over: {remark.path} = {_json_text(remark.value)}")
                self.add_diagnostic(
                    NO_MANIFEST_KEY, "warning", f"{subject}: {remark.path} is not carried over: {remark.why}"
                )

    def finish(self, environment: str | None = None) -> ImportedManifest:
        """The finished manifest, with its sections in the order of the manifest's documentation."""
        first = {key: self.fields[key] for key in _SECTION_ORDER if key in self.fields}
        fields = first | {key: value for key, value in self.fields.items() if value not in ({}, [])}
        if self.skipped:
            listed = [f"{skipped.type} {skipped.name}: {skipped.reason}" for skipped in self.skipped]
            self.comments.setdefault(("",), []).extend(["Seen and not imported:", *(f"- {line}" for line in listed)])
        comments = {path: "\n".join(lines) for path, lines in self.comments.items()}
        imported = ImportedManifest(fields, comments, tuple(self.skipped), tuple(self.diagnostics), environment)
        if not imported.is_empty:
            return imported
        self.position = None
        self.add_diagnostic(
            NOTHING_IMPORTED, "warning", "nothing was imported: no table and no rule is in the manifest"
        )
        return replace(imported, diagnostics=tuple(self.diagnostics))


def _json_text(value: Any) -> str:
    """A value as JSON on one line, or on several where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_LINE else json.dumps(value, ensure_ascii=False, indent=1)


def escape_variables(text: str) -> str:
    """The text with `$` doubled where it would start a variable of the manifest."""
    return text.replace("$", "$$") if "$(" in text or "$$" in text else text
