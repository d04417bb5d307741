"""The grant is right and old, and yet the endpoint refuses."""

from __future__ import annotations

from provisioner.diagnose import sender_assignments
from provisioner.diagnose.evidence import Case, ago
from provisioner.probes.arrival import Diagnosis


def grant_idle(case: Case) -> Diagnosis | None:
    """403 although the sender has had the role at the rule for longer than it takes to spread."""
    found = (
        sender_assignments.of(case, case.scene.identity.object_id, sender_assignments.publisher())
        if sender_assignments.refused(case)
        else []
    )
    ages = [age for each in found if (age := sender_assignments.age(case, each)) is not None]
    if not ages:
        return None
    conditional = [each for each in found if (each.get("properties") or {}).get("condition")]
    return Diagnosis(
        "grant-ineffective",
        f"the grant is right and was made {ago(min(ages))}, and the endpoint still refuses",
        (
            f"role assignment {found[0].get('name')}: principal, role and scope are right",
            *(("it has a condition, which may exclude sending",) if conditional else ()),
            case.said,
        ),
        "remove the assignment, apply again and take a new token; then ask support with the request id",
    )
