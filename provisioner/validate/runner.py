"""Every rule over every part of a manifest, in one run; over all environments where asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from provisioner.diagnostics import SEVERITIES, Diagnostic
from provisioner.transforms.bound_transforms import Proof
from provisioner.validate.catalogue import rules
from provisioner.validate.context import Context
from provisioner.validate.diagnostic_filter import Filter
from provisioner.validate.manifest_parts import KINDS, parts
from provisioner.validate.rule import Rule

if TYPE_CHECKING:
    from provisioner.load import Document


def check(
    document: Document,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    severities: Mapping[str, str] | None = None,
    *,
    proof: Proof | None = None,
) -> tuple[Diagnostic, ...]:
    """What loading and the rules say of one environment: sorted by place, each thing once.

    `select` and `ignore` take codes or their beginnings, `severities` maps codes to error, warning or info; all three
    add to what the project's settings say. Errors of loading are always told.
    """
    wanted = Filter.of(document.root, select, ignore, severities or {})
    chosen = [rule for rule in rules() if rule.family or wanted.chosen(rule.code)]
    found = [*document.diagnostics, *_findings(document, chosen, proof or Proof())]
    return tidy(wanted.apply(found, document))


def check_all(
    path: Path,
    variables: Mapping[str, str],
    environment: str | None = None,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    severities: Mapping[str, str] | None = None,
) -> tuple[Diagnostic, ...]:
    """The manifest and every environment it declares, or the one that is named.

    A finding is told once, with the environments it holds for unless it holds for all.
    """
    from provisioner import load

    proof = Proof()
    select, ignore = tuple(select), tuple(ignore)
    files = load.Files(load.locate(path).parent)
    first = load.document(path, environment, variables, files)
    told = check(first, select, ignore, severities, proof=proof)
    if environment is not None or first.manifest is None:
        return told
    found: dict[str | None, tuple[Diagnostic, ...]] = {None: told}
    for name in first.declared:
        document = load.document(path, name, variables, files)
        found[name] = check(document, select, ignore, severities, proof=proof)
    return merge(found)


INCOMPLETE = ("VAR", "MAN003")
"""Codes that only say that the manifest needs an environment to be whole."""


def merge(found: Mapping[str | None, Iterable[Diagnostic]]) -> tuple[Diagnostic, ...]:
    """Findings of several environments (None: the manifest itself), each told once.

    That the manifest itself lacks a value which every environment gives is no mistake.
    """
    told: dict[Diagnostic, list[str | None]] = {}
    for name, diagnostics in found.items():
        for each in diagnostics:
            told.setdefault(replace(each, environments=()), []).append(name)
    kept = []
    for each, names in told.items():
        if names == [None] and len(found) > 1 and each.code.startswith(INCOMPLETE):
            continue
        kept.append(each if len(names) == len(found) else replace(each, environments=tuple(n or "-" for n in names)))
    return tidy(kept)


def tidy(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by file, line, column and code; what is said twice about one place is said once."""
    once = {(each.code, each.place, each.message, each.environments): each for each in reversed(list(diagnostics))}
    return tuple(sorted(once.values(), key=_order))


def _order(diagnostic: Diagnostic) -> tuple[object, ...]:
    place = diagnostic.place
    where = (place.file, place.line, place.column) if place else ("", 0, 0)
    return (*where, SEVERITIES.index(diagnostic.severity), diagnostic.code, diagnostic.message)


def _findings(document: Document, chosen: Iterable[Rule], proof: Proof) -> Iterator[Diagnostic]:
    """What the rules say, but for values that loading has complained of: what follows from those is no news."""
    wrong = {document.place(path, at) for path in document.broken for at in _ENDS}
    return (each for each in _all_findings(document, chosen, proof) if each.place not in wrong)


_ENDS: tuple[Literal["key", "value"], ...] = ("key", "value")


def _all_findings(document: Document, chosen: Iterable[Rule], proof: Proof) -> Iterator[Diagnostic]:
    if document.manifest is None:
        return
    by_kind: dict[type, list[Rule]] = {kind: [] for kind in KINDS}
    for rule in chosen:
        by_kind[rule.on].append(rule)
    for kind, asked in by_kind.items():
        if asked:
            for part, path, owner in parts(document, document.manifest, kind):
                for rule in asked:
                    yield from rule.check(part, Context(document, proof, rule, path, owner))
