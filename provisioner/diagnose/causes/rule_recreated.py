"""The rule was deleted and created again, so its immutable id is another."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import properties_of


def rule_recreated(evidence: Evidence) -> Diagnosis | None:
    """404, and the live DCR has another immutable id than the one that was called."""
    live_id = properties_of(evidence.dcr).get("immutableId")
    called_id = evidence.probe.immutable_id
    if evidence.status != 404 or live_id is None or live_id == called_id:
        return None
    return Diagnosis(
        "rule-recreated",
        f"the rule {evidence.dcr_name} was deleted and made again: {called_id} is gone",
        (f"its immutable id is {live_id} now", evidence.endpoint_message),
        "give senders the immutable id that `outputs` tells, and run `apply`: grants do not carry over to a new rule",
    )
