"""Messages about runs against an environment: plan, drift, verify, apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AzureRun:
    """Asks for a run. `fingerprint` is that of the plan that is to be applied, typed by the person who read it."""

    action: Literal["plan", "drift", "verify", "apply"]
    environment: str | None
    fingerprint: str = ""


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
