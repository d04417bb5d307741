"""Messages about runs against an environment: plan, drift, verify, apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AzureRun:
    """Asks for a run. `fingerprint` is that of the plan that is to be applied, typed by the person who read it.

    `run` is a name of the page's own for it, which its progress carries.
    """

    action: Literal["plan", "drift", "verify", "apply"]
    environment: str | None
    fingerprint: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class RunProgress:
    """An event of a run: `start` and `done` or `failed` frame a piece of work; `wait` says why it takes longer."""

    run: str
    kind: Literal["start", "wait", "done", "failed"]
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class AzureReport:
    """What came of a run: the address of its report, a page of its own, or `error` in words with what to do next."""

    action: str
    ok: bool
    summary: str
    # An address and not the text: the report is a page with a stricter policy, in a frame without scripts.
    report: str
    fingerprint: str | None
    error: str | None = None
    hint: str | None = None
