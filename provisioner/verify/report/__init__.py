"""Results as text, JSON and JUnit: of transform tests, and of rows that were sent."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from typing import Any

from provisioner.verify.arrival import VerifyResult
from provisioner.verify.report import arrivals, tests
from provisioner.verify.result import TestResult

Subject = Sequence[TestResult] | VerifyResult


def text(subject: Subject, *, color: bool = False, verbose: bool = False) -> str:
    """For people: what failed, with the differing cells marked; `verbose` shows what held too."""
    if isinstance(subject, VerifyResult):
        return arrivals.text(subject, color=color, verbose=verbose)
    return tests.text(subject, color=color, verbose=verbose)


def data(subject: Subject) -> dict[str, Any]:
    """The public shape: contract, "test" and "verify"."""
    if isinstance(subject, VerifyResult):
        return {"version": 1, **subject.json()}
    return tests.data(subject)


def json(subject: Subject) -> str:
    """The public shape as text."""
    return dumps(data(subject), indent=2, ensure_ascii=False)


def junit(subject: Subject) -> str:
    """JUnit XML, one case for each test, or for each stream and table."""
    if isinstance(subject, VerifyResult):
        return arrivals.junit(subject)
    return tests.junit(subject)
