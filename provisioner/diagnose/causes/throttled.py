"""Too many or too large calls, or a service in trouble."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def too_much(case: Case) -> Diagnosis | None:
    """429 after all retries: the rule's quota of the minute is used up."""
    if case.status != 429:
        return None
    return Diagnosis(
        "throttled",
        f"the rule {case.shot.dcr.name} takes no more calls this minute",
        (case.said,),
        "other senders use up the rule's quota: spread them over more rules, or let them send fewer and larger batches",
        passing=True,
    )


def trouble(case: Case) -> Diagnosis | None:
    """5xx after all retries."""
    if case.status is None or case.status < 500:
        return None
    request = f"request id {case.error.request_id}" if case.error and case.error.request_id else "without a request id"
    return Diagnosis(
        "service-trouble",
        f"the endpoint answers {case.status}",
        (case.said, request),
        "run verify again; if it lasts, look at Azure's status page and ask support with the request id",
        passing=True,
    )
