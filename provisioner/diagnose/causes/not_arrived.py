"""Accepted, nothing found to be wrong, and not there."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case, ago
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_state import FRESH


def lost(case: Case) -> Diagnosis | None:
    """What remains: it may be under way still, and what was ruled out is told."""
    if not case.leg.missing or case.shot.accepted is None:
        return None
    waited = case.scene.now() - case.shot.accepted
    late = waited > FRESH
    return Diagnosis(
        "not-arrived",
        f"accepted {ago(waited)} and not in {case.leg.table}"
        + ("" if late else "; a first row in a table can take 15 minutes"),
        (
            "the endpoint accepted the records (204)",
            *(
                (f"its queries do not know the table, or a column of it, yet: {case.leg.unknown}",)
                if case.leg.unknown
                else ()
            ),
            "the live rule leads the stream into the table, and its transform lets the records through",
            "table, workspace and their network rules and cap are as they should be",
            *(f"not readable: {what}: {why}" for what, why in case.scene.unreadable.items()),
        ),
        "run verify again with a longer `--timeout`"
        + ("; then turn on the rule's diagnostic setting `LogErrors` and read DCRLogErrors" if late else ""),
        passing=True,
    )
