"""Outcomes as text for a terminal and as JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from provisioner.apply.outcome import Outcome
from provisioner.errors import CloudError
from provisioner.reports.ansi_styles import paint
from provisioner.reports.json_envelope import VERSION
from provisioner.reports.report_format import Views
from provisioner.reports.sender_report import senders_text
from provisioner.resources.sender_outputs import Outputs

_MARKS = {"applied": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("-", "dim"), "unknown": ("?", "yellow")}


def outcomes_text(outcomes: Sequence[Outcome], *, color: bool = False, brief: bool = False) -> str:
    """A line a change, failures with details and the next step, and a count; `brief` leaves out applied changes."""
    if not outcomes:
        return "Nothing to do.\n"
    shown = [outcome for outcome in outcomes if not (brief and outcome.state == "applied")]
    lines = [line for outcome in shown for line in _outcome_lines(outcome, color=color)]
    states = [outcome.state for outcome in outcomes]
    counts = ", ".join(f"{states.count(state)} {state}" for state in _MARKS if state in states)
    return "\n".join([*lines, *([""] if lines else []), f"Apply: {counts}."]) + "\n"


def outcomes_json(
    outcomes: Sequence[Outcome], outputs: Mapping[str, Any] | None = None, requests: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """The outcomes as JSON values, in the documented shape of `apply`."""
    return {
        "version": VERSION,
        "outcomes": [outcome.json() for outcome in outcomes],
        "outputs": outputs,
        "requests": requests or {},
    }


class ApplyReport(Protocol):
    """What `apply` reports: outcomes, what senders need (None where a change failed), and requests by kind."""

    @property
    def applied(self) -> Sequence[Outcome]:
        """One for each change."""

    @property
    def outputs(self) -> Outputs | None:
        """None where a change failed: what a sender needs may not be there."""

    @property
    def requests(self) -> Mapping[str, int]:
        """How many requests of each kind the writes took."""


@dataclass(frozen=True, slots=True)
class DestroyReport:
    """What `destroy` reports: outcomes, and the number of requests by kind."""

    outcomes: Sequence[Outcome]
    requests: Mapping[str, int]


def apply_data(report: ApplyReport) -> dict[str, Any]:
    """The public shape: contract, "apply"."""
    return outcomes_json(report.applied, report.outputs.json() if report.outputs else None, report.requests)


# The text of plan and outcomes is printed while the command runs: what is left at its end is what senders need.
APPLY_VIEWS: Views[ApplyReport] = {
    "text": lambda report, _: senders_text(report.outputs) if report.outputs else "",
    "data": lambda report, _: apply_data(report),
}
DESTROY_VIEWS: Views[DestroyReport] = {
    "text": lambda report, _: outcomes_text(report.outcomes),
    "data": lambda report, _: outcomes_json(report.outcomes, None, report.requests),
}
# `up` prints the text of each stage when it ends, and nothing after the last.
UP_VIEWS: Views[Mapping[str, Any]] = {"text": lambda *_: "", "data": lambda stages, _: stages}


def any_failed(outcomes: Sequence[Outcome]) -> bool:
    """Whether a change failed or was skipped."""
    return any(outcome.state != "applied" for outcome in outcomes)


def _outcome_lines(outcome: Outcome, *, color: bool) -> list[str]:
    mark, style = _MARKS[outcome.state]
    head = f"{outcome.action:<8}{outcome.type:<9} {outcome.name}  {outcome.seconds:.1f} s"
    lines = [f"  {paint(mark, style, color=color)} {head}"]
    error = outcome.error
    if error is None:
        return lines
    lines.append(f"      {error.message}")
    if isinstance(error, CloudError):
        lines += [f"      - {code}: {message}" + (f" ({at})" if at else "") for code, message, at in error.details]
        lines += [
            f"      at {flow_error.position}: {flow_error.stream} → {flow_error.output.partition('-')[2]}"
            for flow_error in outcome.flow_errors
            if flow_error.position
        ]
        labelled = (("code", error.code), ("request id", error.request_id))
        lines += [f"      {label}: {value}" for label, value in labelled if value]
    return [*lines, *([f"      next: {error.hint}"] if error.hint else [])]
