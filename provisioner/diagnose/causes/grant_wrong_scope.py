"""The sender has the role, on a resource where it does not help."""

from __future__ import annotations

from provisioner.diagnose import sender_assignments
from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def grant_scope(case: Case) -> Diagnosis | None:
    """403, no grant at the rule, and one on the endpoint, the workspace or another rule."""
    if not sender_assignments.refused(case):
        return None
    found = next(sender_assignments.elsewhere(case), None)
    if found is None:
        return None
    what, assignment = found
    return Diagnosis(
        "grant-wrong-scope",
        f"the sender's role stands on the {what}; what counts is the rule {case.shot.dcr.name}",
        (f"role assignment {assignment.get('name')} on the {what}", f"none at {case.rule_id} or above it", case.said),
        "grant the role on the rule: add it to `grants`, or run verify with `--grant-self`",
    )
