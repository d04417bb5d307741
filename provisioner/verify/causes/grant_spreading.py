"""The grant is right and young; it takes up to half an hour to count."""

from __future__ import annotations

from provisioner.verify.arrival import Diagnosis
from provisioner.verify.causes import grants
from provisioner.verify.causes.case import Case, ago
from provisioner.verify.scene import SPREAD


def grant_spreading(case: Case) -> Diagnosis | None:
    """403 although the sender has the role at the rule: waiting helps while the grant is young."""
    if not grants.refused(case):
        return None
    found = grants.of(case, case.scene.identity.object_id, grants.publisher())
    ages = [age for each in found if (age := grants.age(case, each)) is not None]
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
