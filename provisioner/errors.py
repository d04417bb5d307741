"""Errors of the outside world (Azure, files, locks) as exceptions; mistakes of the author are diagnostics instead.

ProvisionerError
├─ InvalidManifest      the diagnostics; raised only by raise_if_invalid()
├─ BadRequestFile       a saved plan, sample or override that cannot be read
├─ CloudError           status, code, message, target, request id
│  ├─ NotSignedIn (NoToken)  Forbidden  NotFound  Conflict  Throttled  Rejected  Unreachable
│  └─ TimedOut          the operation and how long it was waited for
├─ PlanError
│  ├─ UnsafePlan        every reason
│  └─ StalePlan         fingerprint expected and found
├─ SendStopped          sending ended before all records were accepted, and why
├─ DamagedState         a file of the state directory cannot be read: what is lost, and how to start afresh
└─ StateLocked          another run or another emulator holds the directory
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.text import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from provisioner.diagnostics import Diagnostic


class ProvisionerError(Exception):
    """An error with a message (what happened, to what) and a hint (what to do next); printed without a traceback."""

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


# One class for each next step that a caller could take, not one for each code of Azure; `code` has that.
class CloudError(ProvisionerError):
    """Azure refused a call, or could not be reached."""

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
        checks: Mapping[str, bool] | None = None,
        from_network: bool = False,
        retry_after: float | None = None,
        service_words: str = "",
    ) -> None:
        """`target` is what the call was about; `details` are the flattened inner errors as (code, message, target).

        `checks` are those that the refusal names with their results (`IsRbacPresent`), and `from_network` says that it
        names the network that the call came from. Causes read these, never the message. `retry_after` are the seconds
        that Azure asks to wait.
        names the network that the call came from. Causes read these, never the message. `service_words` is what the
        service said, without ours around it.
        """
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.target = target
        self.request_id = request_id
        self.details = tuple(details)
        self.checks = dict(checks or {})
        self.from_network = from_network
        self.retry_after = retry_after
        self.service_words = service_words


class NotSignedIn(CloudError):
    """No credential was found, or it was refused."""


class NoToken(NotSignedIn):
    """No token could be had, so that nothing was sent."""


class Forbidden(CloudError):
    """The signed-in identity lacks the right."""


class NotFound(CloudError):
    """The resource does not exist."""


class Conflict(CloudError):
    """The resource is in another state than the call assumed, or is being changed."""


class Throttled(CloudError):
    """Azure still answers 429 after the retries."""


class Rejected(CloudError):
    """Azure refuses the request's body."""


class Unreachable(CloudError):
    """No connection could be made: host name, network, proxy or certificate."""

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        target: str,
        host_unknown: bool = False,
        nothing_sent: bool = False,
    ) -> None:
        """`host_unknown`: the host has no address, as that of a new endpoint for some minutes.

        `nothing_sent`: there never was a connection; one that broke may have brought the request to the service.
        """
        super().__init__(message, hint=hint, target=target)
        self.host_unknown = host_unknown
        self.nothing_sent = nothing_sent or host_unknown


class TimedOut(CloudError):
    """An operation did not end within its budget."""


class PlanError(ProvisionerError):
    """A plan cannot be applied."""


class UnsafePlan(PlanError):
    """The plan holds changes that must be accepted by name; `reasons` has one sentence for each."""

    def __init__(self, reasons: Sequence[str], *, hint: str | None = None) -> None:
        super().__init__("the plan is refused:\n" + "\n".join(f"  - {reason}" for reason in reasons), hint=hint)
        self.reasons = tuple(reasons)


class StalePlan(PlanError):
    """Azure or the manifest has changed since the plan was made."""

    def __init__(self, expected: str, actual: str, what: str | None = None) -> None:
        """`expected` and `actual` are fingerprints; `what` is the resource that has changed, where it is known."""
        moved = (
            f"{what} has changed since it was made"
            if what
            else f"fingerprint {actual} now, {expected} when it was made"
        )
        super().__init__(f"the plan is stale: {moved}", hint="plan again and review it")
        self.expected = expected
        self.actual = actual


class SendStopped(ProvisionerError):
    """Sending ended before all records were accepted."""

    def __init__(self, cause: ProvisionerError, *, unsent: int, hint: str) -> None:
        """`cause` says why; `unsent` counts the records that were read and not accepted."""
        super().__init__(f"sending stopped: {cause.message}", hint=hint)
        self.cause = cause
        self.unsent = unsent
        self.code = getattr(cause, "code", None)


class DamagedState(ProvisionerError):
    """A file of the state directory is damaged; the message says what is lost with it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="`provisioner emulator reset` starts afresh; the journal of applies stays")


class StateLocked(ProvisionerError):
    """Another process holds the state directory."""
