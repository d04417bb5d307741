"""Runs the rules over one document, or over a manifest and all its environments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from provisioner.diagnostics import SEVERITIES, Diagnostic
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.validate.context import Context
from provisioner.validate.diagnostic_filter import DiagnosticFilter
from provisioner.validate.manifest_parts import PART_TYPES, iterate_parts
from provisioner.validate.rule import Rule
from provisioner.validate.rule_registry import all_rules

if TYPE_CHECKING:
    from provisioner.load import Document


PartFilter = Callable[[tuple[str | int, ...]], bool]
"""Which parts of a manifest are checked, by their paths."""


def check(
    document: Document,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    severities: Mapping[str, str] | None = None,
    *,
    transforms: BoundTransforms | None = None,
    evidence: str | None = None,
    parts: PartFilter | None = None,
) -> tuple[Diagnostic, ...]:
    """The diagnostics of loading and of the rules for one document, sorted by position, without duplicates.

    `select` and `ignore` take codes or their beginnings, `severities` maps codes to error, warning or info; all three
    are combined with the project's settings. `evidence` (newest, undisputed, documented; None: as the settings say)
    decides what is taken for allowed; `parts` says, by its path, which part of the manifest to check (default: all).
    Errors of loading are never filtered. Raises ProvisionerError for another word.
    """
    diagnostic_filter = DiagnosticFilter.from_settings(document.root, select, ignore, severities or {}, evidence)
    selected = [rule for rule in all_rules() if rule.family or diagnostic_filter.selects(rule.code)]
    bound = (transforms or BoundTransforms()).with_policy(diagnostic_filter.policy)
    findings = list(_run_rules(document, selected, bound, parts))
    # The texts are searched for secrets only where something is said of them; what loading found is masked already.
    masked = map(document.secret_mask.mask_diagnostic, findings) if findings else ()
    diagnostics = [*document.diagnostics, *masked]
    return sort_and_deduplicate(diagnostic_filter.apply(diagnostics, document))


def check_all_environments(
    path: Path,
    variables: Mapping[str, str],
    environment: str | None = None,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    severities: Mapping[str, str] | None = None,
    evidence: str | None = None,
) -> tuple[Diagnostic, ...]:
    """The diagnostics of a manifest and of every environment it declares, or of the one that is named.

    A finding of several environments is reported once; it names them unless it holds for all.
    """
    from provisioner import load

    documents = load.load_environments(path, variables, environment)
    return check_documents(documents, select=select, ignore=ignore, severities=severities, evidence=evidence)


def check_documents(
    documents: Mapping[str | None, Document],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    severities: Mapping[str, str] | None = None,
    transforms: BoundTransforms | None = None,
    evidence: str | None = None,
    parts: PartFilter | None = None,
) -> tuple[Diagnostic, ...]:
    """The diagnostics of one manifest loaded for several environments, each finding reported once; see `check`."""
    transforms = transforms or BoundTransforms()
    select, ignore = tuple(select), tuple(ignore)
    by_environment = {
        name: check(document, select, ignore, severities, transforms=transforms, evidence=evidence, parts=parts)
        for name, document in documents.items()
    }
    if len(by_environment) == 1:
        return next(iter(by_environment.values()))
    return merge_environments(by_environment)


INCOMPLETE_CODES = ("VAR", "MAN003")
"""Codes of values that the manifest may lack as long as every environment gives them."""


def merge_environments(by_environment: Mapping[str | None, Iterable[Diagnostic]]) -> tuple[Diagnostic, ...]:
    """The findings of several environments (None: the manifest without one), each reported once."""
    environments_of: dict[Diagnostic, list[str | None]] = {}
    for name, diagnostics in by_environment.items():
        for diagnostic in diagnostics:
            environments_of.setdefault(replace(diagnostic, environments=()), []).append(name)
    kept = []
    for diagnostic, names in environments_of.items():
        # What the manifest lacks by itself and every environment gives is no mistake.
        if names == [None] and len(by_environment) > 1 and diagnostic.code.startswith(INCOMPLETE_CODES):
            continue
        in_all = len(names) == len(by_environment)
        kept.append(diagnostic if in_all else replace(diagnostic, environments=tuple(name or "-" for name in names)))
    return sort_and_deduplicate(kept)


def sort_and_deduplicate(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by file, line, column, severity and code; of equal findings at one position the first is kept."""
    # Reversed, because in a dict the last entry of a key wins.
    unique = {
        (diagnostic.code, diagnostic.place, diagnostic.message, diagnostic.environments): diagnostic
        for diagnostic in reversed(list(diagnostics))
    }
    return tuple(sorted(unique.values(), key=_sort_key))


def _sort_key(diagnostic: Diagnostic) -> tuple[object, ...]:
    position = diagnostic.place
    start = (position.file, position.line, position.column) if position else ("", 0, 0)
    return (*start, SEVERITIES.index(diagnostic.severity), diagnostic.code, diagnostic.message)


def _run_rules(
    document: Document, chosen: Iterable[Rule], transforms: BoundTransforms, parts: PartFilter | None
) -> Iterator[Diagnostic]:
    """The findings of the rules, except at positions where loading reported an error."""
    # What a rule says about a value that could not be read follows from that error and would hide it.
    broken_positions = {document.place(path, at) for path in document.broken for at in _ENDS}
    return (
        diagnostic
        for diagnostic in _run_all_rules(document, chosen, transforms, parts)
        if diagnostic.place not in broken_positions
    )


_ENDS: tuple[Literal["key", "value"], ...] = ("key", "value")


def _run_all_rules(
    document: Document, chosen: Iterable[Rule], transforms: BoundTransforms, parts: PartFilter | None
) -> Iterator[Diagnostic]:
    if document.manifest is None:
        return
    by_type: dict[type, list[Rule]] = {part_type: [] for part_type in PART_TYPES}
    for rule in chosen:
        by_type[rule.on].append(rule)
    memo: dict[Callable[[Any], Any], Any] = {}
    for part_type, rules_on_type in by_type.items():
        if rules_on_type:
            for part, path, owner in iterate_parts(document, document.manifest, part_type):
                if parts is not None and not parts(path):
                    continue
                for rule in rules_on_type:
                    if not rule.is_about(part):
                        continue
                    yield from rule.check(
                        part, Context(document, transforms, rule, path, owner, transforms.policy, memo)
                    )
