"""`HealthCheck`: one question, whether it is in order, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from provisioner.errors import ProvisionerError


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of one check; `next` is what to do, None where it is in order."""

    name: str
    ok: bool
    message: str
    next: str | None = None

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "doctor"."""
        return {"name": self.name, "ok": self.ok, "message": self.message, "next": self.next}


@dataclass(frozen=True, slots=True)
class HealthReport:
    """All checks in their order, and the names of those that could not be made because an earlier one failed."""

    checks: tuple[HealthCheck, ...]
    skipped: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing stands in the way of an apply."""
        return all(check.ok for check in self.checks)


def passed(name: str, message: str) -> HealthCheck:
    """A check that found nothing wrong."""
    return HealthCheck(name, ok=True, message=message)


def failed(name: str, message: str, next_step: str) -> HealthCheck:
    """A check that found what would stop an apply."""
    return HealthCheck(name, ok=False, message=message, next=next_step)


def guarded(name: str, check: Callable[[], Iterator[HealthCheck]]) -> list[HealthCheck]:
    """The results of a check; an error that it meets is one, with the error's own next step."""
    results: list[HealthCheck] = []
    try:
        results.extend(check())
    except ProvisionerError as error:
        results.append(failed(name, error.message, error.hint or "run again with -v to see each call"))
    return results
