"""One wrong manifest, and what is done to a valid one to get it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import yaml

Verdict = Literal["refused", "dropped", "legal"]
Manifest = dict[str, Any]
Change = Callable[[Manifest], Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed manifest; `expected_text` is what a good message says, or the line that it stands on holds."""

    name: str
    text: str
    verdict: Verdict
    expected_text: str = ""
    environment: str | None = None
    unsettled: str = ""  # why the sources do not settle that this must be said; such a mutant is run and not counted


@dataclass(frozen=True, slots=True)
class Operator:
    """What is done to a manifest; `change` raises LookupError where the manifest has no place for it."""

    name: str
    verdict: Verdict
    change: Change
    expected_text: str = ""
    environment: str | None = None
    unsettled: str = ""
    raw: bool = False  # the change gives the text itself

    def apply_to(self, base: str, manifest: Manifest) -> Mutant | None:
        """The manifest with this done to it, or None where it has no place for it."""
        changed = copy.deepcopy(manifest)
        try:
            changed_text = self.change(changed)
        except LookupError:
            return None
        text = changed_text if self.raw else dump(changed)
        return Mutant(f"{base}: {self.name}", text, self.verdict, self.expected_text, self.environment, self.unsettled)


def dump(manifest: Manifest) -> str:
    """The manifest as YAML text, long lines unbroken."""
    return yaml.dump(
        manifest,
        Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper),
        sort_keys=False,
        width=1 << 20,
        allow_unicode=True,
    )
