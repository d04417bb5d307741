"""The sender has a role at the rule, and not the one that lets it send."""

from __future__ import annotations

from provisioner.diagnose import sender_assignments
from provisioner.diagnose.evidence import Case
from provisioner.model import PUBLISHER
from provisioner.probes.arrival import Diagnosis


def grant_role(case: Case) -> Diagnosis | None:
    """403, and on the rule itself the sender holds other roles: Owner and Contributor have no data actions."""
    if not sender_assignments.refused(case):
        return None
    mine = sender_assignments.of(case, case.scene.identity.object_id)
    on_rule = [each for each in mine if _on(case, each)]
    if not on_rule:
        return None
    roles = ", ".join(sorted({sender_assignments.role_name(each) for each in on_rule}))
    return Diagnosis(
        "grant-wrong-role",
        f"the sender's role at the rule is {roles}, which does not let it send",
        (f"{case.scene.identity} holds {roles} on {case.shot.dcr.name}", case.said),
        f"grant it {PUBLISHER!r}: add it to `grants`, or run verify with `--grant-self`",
    )


def _on(case: Case, assignment: dict[str, object]) -> bool:
    return str(assignment.get("id", "")).lower().startswith(f"{case.rule_id.lower()}/providers/")
