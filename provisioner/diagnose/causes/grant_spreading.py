"""The grant is right and young; it takes up to half an hour to count."""

from __future__ import annotations

from provisioner.diagnose import sender_assignments
from provisioner.diagnose.evidence import Case, ago
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_state import SPREAD


def grant_spreading(case: Case) -> Diagnosis | None:
    """403 although the sender has the role at the rule: waiting helps while the grant is young."""
    if not sender_assignments.refused(case):
        return None
    found = sender_assignments.of(case, case.scene.identity.object_id, sender_assignments.publisher())
    ages = [age for each in found if (age := sender_assignments.age(case, each)) is not None]
    if not found or (ages and min(ages) > SPREAD):
        return None
    when = ago(min(ages)) if ages else "at a time that Azure does not tell"
    return Diagnosis(
        "grant-spreading",
        f"the grant was made {when} and does not count yet: that takes up to 30 minutes",
        (f"role assignment {found[0].get('name')} is right: principal, role and scope", case.said),
        "give verify a longer `--timeout`, or run it again later; `--keep` leaves a grant of `--grant-self` in place",
        passing=True,
    )
