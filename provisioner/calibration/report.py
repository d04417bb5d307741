"""What `calibrate` prints: the probes that there are, the result of a run, the result of a merge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from provisioner.calibration.calibration_probe import CalibrationProbe, ProbeResult
from provisioner.calibration.calibration_run import LOCAL_NOTE, Calibration
from provisioner.calibration.evidence_file import calibration_data, yaml_text
from provisioner.calibration.fact_merge import MergeResult
from provisioner.calibration.probe_catalogue import predict
from provisioner.reports.ansi_styles import painter
from provisioner.reports.json_envelope import VERSION
from provisioner.reports.report_format import Views
from provisioner.reports.text_table import aligned_lines
from provisioner.text import plural

COST = "a run costs cents: an empty workspace and its rules are free, a few hundred small records are not"


class CalibrateReport(Protocol):
    """One of the answers of the command."""

    def text(self, *, color: bool) -> str:
        """For people."""
        ...

    def data(self) -> dict[str, Any]:
        """As JSON values."""
        ...


@dataclass(frozen=True, slots=True)
class ProbeList:
    """The probes, each with what it asks and creates."""

    probes: Sequence[CalibrationProbe]

    def text(self, *, color: bool) -> str:
        """A heading for each family, a line for each probe with what is predicted."""
        paint = painter(color)
        lines = [f"{plural(len(self.probes), 'probe')}; {COST}"]
        for family, probes in groupby(self.probes, key=lambda probe: probe.family):
            listed = list(probes)
            lines += ["", f"{paint(family, 'bold')}: {plural(len(listed), 'probe')}, creates {listed[0].creates}"]
            lines += aligned_lines([(f"  {probe.id}", predict(probe), probe.question) for probe in listed])
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """Id, question, what is created and predicted, and the fact, of each probe."""
        return {"version": VERSION, "cost": COST, "probes": [_probe_data(probe) for probe in self.probes]}


def _probe_data(probe: CalibrationProbe) -> dict[str, Any]:
    fact = probe.fact
    return {
        "id": probe.id,
        "family": probe.family,
        "question": probe.question,
        "creates": probe.creates,
        "predicted": predict(probe),
        "fact": None if fact is None else {"file": f"schemas/{fact.file}", "keys": list(fact.keys)},
    }


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """The result of a run, and the file in which it stands."""

    calibration: Calibration
    file: Path

    def text(self, *, color: bool) -> str:
        """A table of the families, what was not as predicted, and the notes."""
        paint = painter(color)
        families = self.calibration.families
        rows = [["family", "asked", "as predicted", "otherwise", "unanswered"]]
        rows += [
            [name, *map(str, (family.asked, family.equal, len(family.different), len(family.unanswered)))]
            for name, family in families.items()
        ]
        lines = aligned_lines(rows)
        lines += self._results("otherwise than predicted", [r for f in families.values() for r in f.different])
        lines += self._results("without an answer", [r for f in families.values() for r in f.unanswered])
        lines.append(self._summary())
        # Last, so that it is read: agreement with the local Azure looks like agreement with Azure.
        notes = [*self.calibration.notes, *([LOCAL_NOTE] if self.calibration.is_local else [])]
        return "\n".join([*lines, *(paint(f"note: {note}", "dim") for note in notes)])

    @staticmethod
    def _results(title: str, results: Sequence[ProbeResult]) -> Iterator[str]:
        if results:
            yield f"{title}:"
        for result in results:
            answer = result.answer
            seen = "" if answer.seen is None else f", seen {answer.seen}"
            yield f"  {result.probe.id}: predicted {result.predicted}{seen}"
            if words := ": ".join(part for part in (answer.code, answer.words) if part):
                yield f"      {words}"

    def _summary(self) -> str:
        results = self.calibration.results
        equal = sum(result.equal is True for result in results)
        cut = "" if self.calibration.complete else "; the run was cut short"
        return f"{equal} of {plural(len(results), 'probe')} as predicted{cut}. Evidence: {self.file}"

    def data(self) -> dict[str, Any]:
        """The document of the evidence file."""
        return calibration_data(self.calibration)


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What a merge wrote into the facts."""

    result: MergeResult

    def text(self, *, color: bool) -> str:
        """A line for each file, what is left to decide, and what was left out."""
        paint = painter(color)
        result = self.result
        entries = sum(result.merged.values())
        lines = [f"entries of evidence written: {entries}; known before: {result.already_merged}"]
        lines += [f"  schemas/{name}: {number}" for name, number in result.merged.items()]
        if result.to_decide:
            lines.append(paint("evidence alone does not change these facts; change them by hand:", "yellow"))
            lines += [f"  {line}" for line in result.to_decide]
        lines += [f"left out: {line}" for line in result.skipped]
        lines.append("next: read the difference, then `make generate` and the tests")
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """Entries by file, what is to decide and what was left out."""
        result = self.result
        return {
            "version": VERSION,
            "merged": {f"schemas/{name}": number for name, number in result.merged.items()},
            "already_merged": result.already_merged,
            "to_decide": list(result.to_decide),
            "skipped": list(result.skipped),
        }


VIEWS: Views[CalibrateReport] = {
    "text": lambda report, options: report.text(color=options.color),
    "data": lambda report, _: report.data(),
    "yaml": lambda report, _: yaml_text(report.data()),
}
