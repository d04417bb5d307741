"""Wrong manifests made by machine from what Azure's pages say, without knowing the rules that should find them.

Every operator changes one thing in a valid manifest and keeps the rest consistent, so that a finding is about it:
`refused` is what Azure or the language refuses, `dropped` what Azure does without an error or what no page settles (a
warning is enough), `legal` the right side of a limit. `python -m tests.support.mutations_blind` runs every operator on
every manifest and lists the survivors by name; `--some` each operator once, as the test does.
"""

from __future__ import annotations

import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.blind.base_manifests import base_manifests
from tests.support.blind.builtins import builtins
from tests.support.blind.enums import enums
from tests.support.blind.limits import limits
from tests.support.blind.mutant import Mutant, Operator
from tests.support.blind.naming import names
from tests.support.blind.overlays import overlays
from tests.support.blind.references import references
from tests.support.blind.regions import regions
from tests.support.blind.secrets import secrets
from tests.support.blind.shapes import shapes
from tests.support.blind.transforms import transforms
from tests.support.blind.types import types


def operators() -> Iterator[Operator]:
    """Every operator."""
    for family in (names, limits, enums, shapes, references, regions, types, transforms, secrets, builtins, overlays):
        yield from family()


def blind_mutants(every: bool = False) -> list[Mutant]:
    """Each operator on one of the manifests that have a place for it, spread by name; `every`: on all of them."""
    manifests = list(base_manifests().items())
    mutants = []
    for operator in operators():
        turn = zlib.crc32(operator.name.encode()) % len(manifests)
        candidates = (operator.apply_to(base, manifest) for base, manifest in manifests[turn:] + manifests[:turn])
        applicable = [mutant for mutant in candidates if mutant] if every else list(_first_mutant(candidates))
        assert applicable, f"no manifest has a place for: {operator.name}"
        mutants += applicable
    return mutants


def _first_mutant(candidates: Iterator[Mutant | None]) -> Iterator[Mutant]:
    """The first mutant that could be made."""
    for mutant in candidates:
        if mutant:
            yield mutant
            return


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of a mutant: `right` by its verdict, and `at_the_word` where it also names what is wrong."""

    mutant: Mutant
    messages: tuple[str, ...]
    right: bool
    names_the_cause: bool


def judge(mutant: Mutant, folder: Path) -> Outcome:
    """Check one mutant as `validate` would."""
    from provisioner.load import load_document
    from provisioner.validate import check

    path = folder / "provisioner.yaml"
    path.write_text(mutant.text, encoding="utf-8")
    findings = check(load_document(path, mutant.environment))
    errors = [one for one in findings if one.severity == "error"]
    right = {"legal": not errors, "refused": bool(errors), "dropped": bool(findings)}[mutant.verdict]
    lines = ["", *mutant.text.splitlines(), ""]
    spots = [f"{one.message} {one.hint} {lines[one.place.line] if one.place else ''}" for one in findings]
    there = not mutant.expected_text or any(mutant.expected_text in spot for spot in spots)
    return Outcome(
        mutant, tuple(f"{one.severity} {one.code} {one.message}" for one in findings), right, right and there
    )


def report(outcomes: list[Outcome]) -> Iterator[str]:
    """The survivors by name, what was refused though legal, and the figures."""
    counted = [one for one in outcomes if not one.mutant.unsettled]
    wrong = [one for one in counted if one.mutant.verdict != "legal"]
    legal = [one for one in counted if one.mutant.verdict == "legal"]
    for one in outcomes:
        if not one.right:
            why = one.mutant.unsettled or "; ".join(one.messages[:3])
            kind = "unsettled" if one.mutant.unsettled else "survived" if one in wrong else "refused though legal"
            yield f"{kind}: {one.mutant.name} ({one.mutant.verdict}) {why}".rstrip()
        elif one in wrong and not one.names_the_cause:
            yield f"told elsewhere: {one.mutant.name} {one.messages[:2]}"
    caught, named = sum(one.right for one in wrong), sum(one.names_the_cause for one in wrong)
    share = 100 * caught / len(wrong)
    yield f"{caught} of {len(wrong)} wrong manifests caught ({share:.1f} %), {named} of them where they are wrong"
    yield f"{sum(not one.right for one in legal)} of {len(legal)} legal manifests refused"


def main() -> None:
    """Run every operator on every manifest and say what survived."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes = [judge(mutant, Path(folder)) for mutant in blind_mutants(every="--some" not in sys.argv)]
    print(*report(outcomes), sep="\n")


if __name__ == "__main__":
    main()
