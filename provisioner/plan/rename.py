"""A probable rename, as a value: Azure renames nothing, so one thing goes and a like one comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from provisioner.package_data import load_facts
from provisioner.resources import Body

RenamedKind = Literal["stream", "table", "dcr", "grant"]


@dataclass(frozen=True, slots=True)
class Rename:
    """A probable rename: what goes, what comes, and what that costs.

    `dcr` is the live DCR that holds a stream or is the scope of a grant, `body` what Azure holds of the old one; of a
    stream its flattened fields.
    """

    kind: RenamedKind
    before: str
    after: str
    dcr: str | None = None
    body: Body = field(default_factory=dict, compare=False)

    @property
    def costs(self) -> tuple[str, ...]:
        """What senders and readers must do, a sentence each."""
        texts: list[str] = load_facts("renames.yaml")["costs"][self.kind]
        return tuple(text.format(before=self.before, after=self.after) for text in texts)

    def json(self) -> dict[str, Any]:
        """The public shape of an entry of "renames"."""
        return {
            "type": self.kind,
            "before": self.before,
            "after": self.after,
            "dcr": self.dcr,
            "costs": list(self.costs),
        }
