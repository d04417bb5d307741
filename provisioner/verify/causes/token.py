"""The token is not taken: none could be had, or it is meant for somebody else."""

from __future__ import annotations

from provisioner.verify.arrival import Diagnosis
from provisioner.verify.causes.case import Case


def token(case: Case) -> Diagnosis | None:
    """401 from the endpoint, or no token at all."""
    if case.status != 401 or case.error is None:
        return None
    scope = f"it was asked for {case.scene.audience}"
    return Diagnosis(
        "token-refused",
        "the endpoint does not take the token: expired, or for another audience or cloud",
        (case.said, scope),
        "check that `target.cloud` is the cloud of the endpoint, sign in again, and check this machine's clock",
    )
