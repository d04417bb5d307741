"""One question to Azure, what the product predicts, and what Azure answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite

ACCEPTED, REFUSED = "accepted", "refused"


@dataclass(frozen=True, slots=True)
class FactPlace:
    """Where the facts hold what a probe asks: a file below `schemas/` and the keys that lead to the entry.

    `form` says what stands there: `evidence` (a mapping with a list of that name), `list` (the list itself), or
    `reserved` (a list of groups of names, the last key being the name).
    """

    file: str
    keys: tuple[str | int, ...]
    form: str = "evidence"


@dataclass(frozen=True, slots=True)
class CalibrationProbe:
    """A probe: `<family>/<name>` is its id, `row` what its kind needs to ask it, `subject` what the answer is about.

    `asked_by` names the module of `kinds` that predicts and asks; `creates` says what of it costs.
    """

    family: str
    name: str
    asked_by: str
    question: str
    creates: str
    row: Mapping[str, Any]
    fact: FactPlace | None = None

    @property
    def id(self) -> str:
        """What the evidence file and `--probe` call it."""
        return f"{self.family}/{self.name}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What Azure did: `seen` in the words of the prediction, None where it did not answer the question.

    `words` are the service's own, or say why there is no answer.
    """

    seen: str | None
    status: int | None = None
    code: str | None = None
    words: str = ""
    request_ids: tuple[str, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """A probe with its prediction and its answer; `date` is the day of the answer, as ISO text."""

    probe: CalibrationProbe
    predicted: str
    answer: Answer
    date: str

    @property
    def equal(self) -> bool | None:
        """Whether Azure did what was predicted; None where it did not answer."""
        return None if self.answer.seen is None else self.answer.seen == self.predicted


class ProbeKind(Protocol):
    """How one kind of probe is read from its data file, predicted and asked: the interface of a module of `kinds`."""

    def probes(self, family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
        """The probes of a data file of `schemas/probes/`."""
        ...

    def predict(self, probe: CalibrationProbe) -> str:
        """What the product says will happen, from the facts that it always uses."""
        ...

    def ask(self, probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
        """Ask Azure. Raises CloudError where it could not be asked."""
        ...


@dataclass(slots=True)
class FamilySummary:
    """How many probes of a family were asked, answered as predicted, otherwise, or not at all."""

    asked: int = 0
    equal: int = 0
    different: list[ProbeResult] = field(default_factory=list)
    unanswered: list[ProbeResult] = field(default_factory=list)

    def add(self, result: ProbeResult) -> None:
        """Count a result."""
        self.asked += 1
        if result.equal is None:
            self.unanswered.append(result)
        elif result.equal:
            self.equal += 1
        else:
            self.different.append(result)
