"""The token is not accepted: none could be had, or it is for another audience."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.errors import NoToken
from provisioner.probes.arrival import Diagnosis


def token_refused(evidence: Evidence) -> Diagnosis | None:
    """401 from the endpoint, or no token at all."""
    error = evidence.send_error
    if evidence.status != 401 or error is None:
        return None
    no_token = isinstance(error, NoToken)
    return Diagnosis(
        "token-refused",
        "no token to send with could be had"
        if no_token
        else "the endpoint does not take the token: expired, or for another audience or cloud",
        (evidence.endpoint_message, f"it was asked for {evidence.live.audience}"),
        (error.hint if no_token else None)
        or "check that `target.cloud` is the cloud of the endpoint, sign in again, and check this machine's clock",
    )
