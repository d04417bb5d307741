"""What a rule is given beside the part it looks at: where that stands, the whole manifest, and how to say a finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Diagnostic, Edit, Fix, Severity, Span
from provisioner.model import Manifest
from provisioner.transforms.bound_transforms import Proof

if TYPE_CHECKING:
    from provisioner.load import Document
    from provisioner.validate.rule import Rule

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """One rule at one part of the manifest. `path` leads to the part, `owner` is the stream of a flow."""

    document: Document
    proof: Proof
    rule: Rule
    path: Path = ()
    owner: Any = None

    @property
    def manifest(self) -> Manifest:
        """The whole manifest; rules run only where there is one."""
        manifest = self.document.manifest
        assert manifest is not None
        return manifest

    def at(self, *path: str | int) -> Context:
        """The same rule at another part, by its path from the manifest's root."""
        return replace(self, path=path)

    def error(self, message: str, *path: str | int, **more: Any) -> Diagnostic:
        """A finding that Azure refuses or the language forbids, at `path` below the part; see `finding`."""
        return self.finding("error", message, *path, **more)

    def warning(self, message: str, *path: str | int, **more: Any) -> Diagnostic:
        """A finding that Azure passes over in silence, or that sources dispute; see `finding`."""
        return self.finding("warning", message, *path, **more)

    def info(self, message: str, *path: str | int, **more: Any) -> Diagnostic:
        """Good to know; see `finding`."""
        return self.finding("info", message, *path, **more)

    def finding(
        self,
        severity: Severity,
        message: str,
        *path: str | int,
        key: bool = False,
        span: Span | None = None,
        hint: str | None = None,
        fix: Fix | None = None,
        source: str | None = None,
    ) -> Diagnostic:
        """A finding at the value (or with `key` at the key) that `path` below the part leads to.

        `span` narrows it to characters of that value. `source` overrides the rule's.
        """
        place = self.document.place((*self.path, *path), at="key" if key else "value", span=span)
        return Diagnostic(
            self.rule.code,
            severity,
            message,
            span or Span(0, 0),
            place,
            hint=hint,
            fix=fix,
            source=source or self.rule.page.source,
        )

    def trusted(self, *path: str | int) -> bool:
        """Whether loading complains of nothing at, below or above a path from the manifest's root.

        What is read from a value that was complained of would be told as a second mistake.
        """
        size = len(path)
        return not any(each[:size] == path[: len(each)] for each in self.document.broken)

    def broken(self, *path: str | int) -> bool:
        """Whether loading complains of a value or of one that holds it: what it should name is then not known."""
        return self.document.is_broken(path)

    def shifted(self, diagnostic: Diagnostic, *path: str | int) -> Diagnostic:
        """A remark on a text, moved with its fix to where the text stands: at `path` below the part."""
        place = self.document.place((*self.path, *path), span=diagnostic.span)
        mend = None
        if diagnostic.fix:
            edits = [self.document.edit((*self.path, *path), each.text, span=each.span) for each in diagnostic.edits]
            mend = fix(diagnostic.fix.description, edits)
        return diagnostic.at(place, mend)

    def written(self, path: Path) -> Any:
        """The author's own word at a path from the manifest's root, variables filled in; None if there is none."""
        value: Any = self.document.raw
        for step in path:
            if not isinstance(value, Mapping) or step not in value:
                return None
            value = value[step]
        return value

    def change(self, description: str, text: str, *path: str | int, key: bool = False) -> Fix | None:
        """A fix that writes `text` in place of a value or key; None where the author's text cannot be edited."""
        return fix(description, [self.document.edit((*self.path, *path), text, at="key" if key else "value")])

    def add(self, description: str, name: str, text: str, *path: str | int) -> Fix | None:
        """A fix that adds `name: text` to the mapping at `path`; None where there is no room, or one stands already."""
        if self.document.explicit((*self.path, *path, name)):
            return None
        return fix(description, [self.document.insert((*self.path, *path), name, text)])


def fix(description: str, edits: Iterable[Edit | None]) -> Fix | None:
    """A fix of all the edits, or None if one of them cannot be made: half a rename is worse than none."""
    made = list(edits)
    whole = tuple(edit for edit in made if edit is not None)
    return Fix(description, whole) if whole and len(whole) == len(made) else None
