"""The workspace has stopped taking rows for today."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import STOPPED_INGESTION, properties_of


def daily_cap(evidence: Evidence) -> Diagnosis | None:
    """The workspace's cap of the day is reached, or its ingestion is stopped."""
    capping = properties_of(evidence.live.workspace()).get("workspaceCapping") or {}
    status = capping.get("dataIngestionStatus", "RespectQuota")
    if status not in STOPPED_INGESTION:
        return None
    reset = capping.get("quotaNextResetTime")
    return Diagnosis(
        "daily-cap",
        f"the workspace has stopped taking rows ({status})",
        (
            f"its cap is {capping.get('dailyQuotaGb')} GB a day" + (f"; it is reset at {reset}" if reset else ""),
            "the endpoint accepted the records (204)",
        ),
        "raise the workspace's daily cap or wait for its reset; rows sent meanwhile are lost",
    )
