"""The endpoint refused for a reason of its own."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def refused(case: Case) -> Diagnosis | None:
    """Whatever is left: told as Azure told it."""
    if case.error is None:
        return None
    return Diagnosis(
        "refused",
        f"the endpoint refuses the records: {case.error.code or case.status}",
        (case.said, *(f"{code}: {message}" for code, message, _ in case.error.details)),
        case.error.hint or "read what it says; the request id helps support",
    )
