"""Errors of the outside world (Azure, files, locks) as exceptions; mistakes of the author are diagnostics instead.

ProvisionerError
├─ InvalidManifest      the diagnostics; raised only by raise_if_invalid()
├─ BadRequestFile       a saved plan, sample or override that cannot be read
├─ CloudError           status, code, message, target, request id
│  ├─ NotSignedIn  Forbidden  NotFound  Conflict  Throttled  Rejected  Unreachable
│  └─ TimedOut          the operation and how long it was waited for
├─ PlanError
│  ├─ UnsafePlan        every reason
│  └─ StalePlan         fingerprint expected and found
└─ StateLocked          another run or another emulator holds the directory
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provisioner.diagnostics import Diagnostic


class ProvisionerError(Exception):
    """What happened, to what, and what to do next; the command line prints it without a traceback."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidManifest(ProvisionerError):
    """The manifest has errors."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        errors = [d for d in diagnostics if d.severity == "error"]
        first = f"{errors[0].place}: {errors[0].message}" if errors else ""
        many = plural(len(errors), "error")
        super().__init__(f"the manifest has {many}: {first}", hint="run `provisioner validate`")
        self.diagnostics = tuple(diagnostics)


class BadRequestFile(ProvisionerError):
    """A file given on the command line (a saved plan, a sample, an override) cannot be used."""


class CloudError(ProvisionerError):
    """Azure, or the way to it, answered no."""

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        status: int | None = None,
        code: str | None = None,
        target: str | None = None,
        request_id: str | None = None,
        details: Sequence[tuple[str, str, str | None]] = (),
    ) -> None:
        """Take what Azure said; `details` are the flattened inner errors as (code, message, target)."""
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.target = target
        self.request_id = request_id
        self.details = tuple(details)


class NotSignedIn(CloudError):
    """No credential, or a wrong one."""


class Forbidden(CloudError):
    """Signed in, without the right."""


class NotFound(CloudError):
    """No such resource."""


class Conflict(CloudError):
    """The resource is in another state than the call assumed."""


class Throttled(CloudError):
    """Too many calls, also after waiting."""


class Rejected(CloudError):
    """Azure understood the body and refuses it."""


class Unreachable(CloudError):
    """No connection: name, network, proxy or certificate."""


class TimedOut(CloudError):
    """An operation did not end within its budget."""


class PlanError(ProvisionerError):
    """A plan that will not be applied."""


class UnsafePlan(PlanError):
    """Changes that need an explicit yes."""

    def __init__(self, reasons: Sequence[str], *, hint: str | None = None) -> None:
        super().__init__("the plan is refused:\n" + "\n".join(f"  - {reason}" for reason in reasons), hint=hint)
        self.reasons = tuple(reasons)


class StalePlan(PlanError):
    """Azure or the manifest moved since the plan was made."""

    def __init__(self, expected: str, actual: str, what: str | None = None) -> None:
        """`what` is the resource that moved, where one is known."""
        moved = (
            f"{what} has changed since it was made"
            if what
            else f"fingerprint {actual} now, {expected} when it was made"
        )
        super().__init__(f"the plan is stale: {moved}", hint="plan again and review it")
        self.expected = expected
        self.actual = actual


class StateLocked(ProvisionerError):
    """Another process holds the state directory."""
