"""The sender has a role at the rule, and not the one that lets it send."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.diagnose.sender_assignments import assigned_role, assignments_of, is_forbidden
from provisioner.model import PUBLISHER
from provisioner.probes.arrival import Diagnosis


def grant_wrong_role(evidence: Evidence) -> Diagnosis | None:
    """403, and on the DCR itself the sender holds other roles: Owner and Contributor have no data actions."""
    if not is_forbidden(evidence):
        return None
    identity = evidence.live.identity
    below_dcr = f"{evidence.dcr_id.lower()}/providers/"
    assignments = assignments_of(evidence, identity.object_id)
    on_dcr = [one for one in assignments if str(one.get("id", "")).lower().startswith(below_dcr)]
    if not on_dcr:
        return None
    roles = ", ".join(sorted({assigned_role(assignment) for assignment in on_dcr}))
    return Diagnosis(
        "grant-wrong-role",
        f"the sender's role at the rule is {roles}, which does not let it send",
        (f"{identity} holds {roles} on {evidence.dcr_name}", evidence.endpoint_message),
        f"grant it {PUBLISHER!r}: add it to `grants`, or run verify with `--grant-self`",
    )
