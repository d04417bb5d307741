"""The token is not taken: none could be had, or it is meant for somebody else."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.errors import NotSignedIn
from provisioner.probes.arrival import Diagnosis


def token(case: Case) -> Diagnosis | None:
    """401 from the endpoint, or no token at all."""
    if case.status != 401 or case.error is None:
        return None
    none = isinstance(case.error, NotSignedIn) and "cannot sign in" in case.said
    return Diagnosis(
        "token-refused",
        "no token to send with could be had"
        if none
        else "the endpoint does not take the token: expired, or for another audience or cloud",
        (case.said, f"it was asked for {case.scene.audience}"),
        (case.error.hint if none else None)
        or "check that `target.cloud` is the cloud of the endpoint, sign in again, and check this machine's clock",
    )
