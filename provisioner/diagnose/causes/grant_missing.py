"""The sender has no right to the rule."""

from __future__ import annotations

from provisioner.diagnose import sender_assignments
from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis
from provisioner.text import plural


def grant_missing(case: Case) -> Diagnosis | None:
    """403, and no assignment of the role for the sender counts at the rule."""
    if not sender_assignments.refused(case):
        return None
    held = sender_assignments.at(case)
    if held is None:
        return _unknown(case)
    others = [
        each
        for each in held
        if str((each.get("properties") or {}).get("roleDefinitionId", ""))
        .lower()
        .endswith(sender_assignments.publisher())
    ]
    return Diagnosis(
        "grant-missing",
        f"{case.scene.identity} has no right to send to the rule {case.shot.dcr.name}",
        (
            f"none of {plural(len(held), 'role assignment')} here or above is Monitoring Metrics Publisher for it",
            *((f"held by {plural(len(others), 'other principal')}; groups are not looked into",) if others else ()),
            case.said,
        ),
        "add it to `grants` (`self` is the identity that runs), or run verify with `--grant-self`",
    )


def _unknown(case: Case) -> Diagnosis:
    """Who may not read grants cannot tell a missing one from a young one, so it waits."""
    return Diagnosis(
        "grant-unreadable",
        "the endpoint refuses, and the acting identity may not read role assignments to see why",
        (case.said, case.scene.unreadable.get("role assignments", "")),
        "have somebody check that the sender's object id has Monitoring Metrics Publisher on the rule; "
        "a new grant takes up to 30 minutes",
        passing=True,
    )
