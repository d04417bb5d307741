"""The grant is right and young; it takes up to half an hour to count."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.diagnose.sender_assignments import assignment_age, is_forbidden, publisher_assignments
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_state import grant_propagation
from provisioner.reports.durations import format_age


def grant_spreading(evidence: Evidence) -> Diagnosis | None:
    """403 although the sender has the role at the DCR: waiting helps while the grant is young."""
    if not is_forbidden(evidence):
        return None
    assignments = publisher_assignments(evidence)
    ages = [age for one in assignments if (age := assignment_age(evidence, one)) is not None]
    # An assignment without a time may be young: then waiting is the better guess.
    if not assignments or (ages and min(ages) > grant_propagation()):
        return None
    when = f"{format_age(min(ages))} ago" if ages else "at a time that Azure does not tell"
    return Diagnosis(
        "grant-spreading",
        f"the grant was made {when} and does not count yet: that takes up to 30 minutes",
        (
            f"role assignment {assignments[0].get('name')} is right: principal, role and scope",
            evidence.endpoint_message,
        ),
        "give verify a longer `--timeout`, or run it again later; `--keep` leaves a grant of `--grant-self` in place",
        transient=True,
    )
