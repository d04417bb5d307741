"""The context of a rule: the document, the path of the part under check, and the ways to report a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from provisioner.diagnostics import Diagnostic, Edit, FindingGroup, Fix, Severity, Span
from provisioner.fact_evidence import EvidencePolicy
from provisioner.model import Manifest
from provisioner.transforms.bound_transforms import BoundTransforms

if TYPE_CHECKING:
    from provisioner.load import Document
    from provisioner.validate.rule import Rule

Path = tuple[str | int, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """One rule at one part of the manifest.

    `path` leads to the part, `owner` is the stream of a flow. `policy` says which evidence decides a severity.
    """

    document: Document
    transforms: BoundTransforms
    rule: Rule
    path: Path = ()
    owner: Any = None
    policy: EvidencePolicy = "newest"
    memo: dict[Callable[[Any], Any], Any] = field(default_factory=dict, repr=False, compare=False)
    """Results of `once`, shared by all rules of one run over one document."""

    @property
    def manifest(self) -> Manifest:
        """The whole manifest; rules run only where there is one."""
        # The runner runs no rule over a document without a manifest.
        manifest = self.document.manifest
        assert manifest is not None
        return manifest

    def once(self, compute: Callable[[Document], T]) -> T:
        """The result of `compute(document)`, computed once for all rules of one run."""
        if compute not in self.memo:
            self.memo[compute] = compute(self.document)
        result: T = self.memo[compute]
        return result

    def at(self, *path: str | int) -> Context:
        """The same rule at another part, by its path from the manifest's root."""
        return replace(self, path=path)

    def error(self, message: str, *path: str | int, **more: Any) -> Diagnostic:
        """A finding about what Azure refuses or the manifest's language forbids; see `finding`."""
        return self.finding("error", message, *path, **more)

    def warning(self, message: str, *path: str | int, **more: Any) -> Diagnostic:
        """A finding about what Azure drops without an error, or about what its sources disagree on; see `finding`."""
        return self.finding("warning", message, *path, **more)

    def info(self, message: str, *path: str | int, **more: Any) -> Diagnostic:
        """A finding that needs no action; see `finding`."""
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
        subject: str | None = None,
        of_several: str | None = None,
    ) -> Diagnostic:
        """A diagnostic under the rule's code, at the value (with `key` at the key) of `path` below the part.

        `span` narrows it to characters of that value, `hint` says what to do, `fix` does it with `--fix`, `source`
        replaces the source of the rule's page. `subject` is the name that it is about; `of_several` is the message for
        several such findings about this part, with `{names}` in it.
        """
        position = self.document.place((*self.path, *path), at="key" if key else "value", span=span)
        return Diagnostic(
            self.rule.code,
            severity,
            message,
            span or Span(0, 0),
            position,
            hint=hint,
            fix=fix,
            source=source or self.rule.page.source,
            subject=subject,
            group=self.group(self.rule.code, of_several) if of_several else None,
        )

    def group(self, code: str, message: str) -> FindingGroup:
        """The group of the findings of one code about this part; `message` has `{names}` in it."""
        return FindingGroup("/".join([code, *map(str, self.path)]), message)

    def is_intact(self, *path: str | int) -> bool:
        """Whether loading reported no error at, below or above a path from the manifest's root."""
        # What a rule says about a value that is broken already would be a second finding for one mistake.
        size = len(path)
        return not any(broken_path[:size] == path[: len(broken_path)] for broken_path in self.document.broken)

    def is_broken(self, *path: str | int) -> bool:
        """Whether loading reported an error at or above a path from the manifest's root, so the value is unknown."""
        return self.document.is_broken(path)

    def move_to_manifest(self, diagnostic: Diagnostic, *path: str | int) -> Diagnostic:
        """A diagnostic with offsets into a text, moved with its fix to that text's position: `path` below the part."""
        position = self.document.place((*self.path, *path), span=diagnostic.span)
        moved_fix = None
        if diagnostic.fix:
            edits = [self.document.edit((*self.path, *path), edit.text, span=edit.span) for edit in diagnostic.edits]
            moved_fix = make_fix(diagnostic.fix.description, edits)
        return diagnostic.at(position, moved_fix)

    def written_value(self, path: Path) -> Any:
        """The value as the author wrote it, variables filled in, at a path from the manifest's root; None if absent."""
        if not path:
            return self.document.raw
        value: Any = self.document.written_section(str(path[0]))
        for step in path[1:]:
            if not isinstance(value, Mapping) or step not in value:
                return None
            value = value[step]
        return value

    def change(self, description: str, text: str, *path: str | int, key: bool = False) -> Fix | None:
        """A fix that replaces the value (with `key` the key) by `text`; None where the source cannot be edited."""
        return make_fix(description, [self.document.edit((*self.path, *path), text, at="key" if key else "value")])

    def add(self, description: str, name: str, text: str, *path: str | int) -> Fix | None:
        """A fix that adds `name: text` to the mapping at `path`; None where it has that key or cannot be edited."""
        if self.document.explicit((*self.path, *path, name)):
            return None
        return make_fix(description, [self.document.insert((*self.path, *path), name, text)])


def make_fix(description: str, edits: Iterable[Edit | None]) -> Fix | None:
    """A fix of all the edits; None if one of them is None."""
    # Half a rename would break a manifest that was whole.
    candidates = list(edits)
    complete = tuple(edit for edit in candidates if edit is not None)
    return Fix(description, complete) if complete and len(complete) == len(candidates) else None
