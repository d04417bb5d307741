"""Outcomes as text for people and as data for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.apply.outcome import Outcome
from provisioner.errors import CloudError

_MARKS = {"applied": ("✓", "32"), "failed": ("✗", "31"), "skipped": ("-", "2"), "unknown": ("?", "33")}


def text(outcomes: Sequence[Outcome], *, color: bool = False, brief: bool = False) -> str:
    """What a terminal shows: failures with what to do next, and a count; `brief` leaves out what went well."""
    if not outcomes:
        return "Nothing to do.\n"
    shown = [outcome for outcome in outcomes if not (brief and outcome.state == "applied")]
    lines = [line for outcome in shown for line in _block(outcome, color=color)]
    states = [outcome.state for outcome in outcomes]
    counts = ", ".join(f"{states.count(state)} {state}" for state in _MARKS if state in states)
    return "\n".join([*lines, *([""] if lines else []), f"Apply: {counts}."]) + "\n"


def data(
    outcomes: Sequence[Outcome], outputs: Mapping[str, Any] | None = None, requests: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """The public shape: contract, "apply"."""
    return {
        "version": 1,
        "outcomes": [outcome.json() for outcome in outcomes],
        "outputs": outputs,
        "requests": requests or {},
    }


def failed(outcomes: Sequence[Outcome]) -> bool:
    """Whether something is not as the plan wanted it."""
    return any(outcome.state != "applied" for outcome in outcomes)


def _block(outcome: Outcome, *, color: bool) -> list[str]:
    mark, code = _MARKS[outcome.state]
    shown = f"\x1b[{code}m{mark}\x1b[0m" if color else mark
    lines = [f"  {shown} {outcome.action:<8}{outcome.type:<10}{outcome.name}  {outcome.seconds:.1f} s"]
    error = outcome.error
    if error is None:
        return lines
    lines.append(f"      {error.message}")
    if isinstance(error, CloudError):
        lines += [f"      - {code}: {said}" + (f" ({at})" if at else "") for code, said, at in error.details]
        lines += [
            f"      at {each.place}: {each.stream} → {each.output.partition('-')[2]}"
            for each in outcome.blames
            if each.place
        ]
        told = (("code", error.code), ("request id", error.request_id))
        lines += [f"      {label}: {value}" for label, value in told if value]
    return [*lines, *([f"      next: {error.hint}"] if error.hint else [])]
