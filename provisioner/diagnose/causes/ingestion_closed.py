"""The workspace takes no rows: by its network rules, or because the day's cap is used up."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def ingestion_closed(case: Case) -> Diagnosis | None:
    """Public ingestion is off at the workspace: the endpoint says 204 and the rows go nowhere."""
    access = str(case.properties(case.scene.workspace()).get("publicNetworkAccessForIngestion") or "Enabled")
    if access.lower() == "enabled":
        return None
    return Diagnosis(
        "ingestion-closed",
        f"the workspace takes nothing from public networks (publicNetworkAccessForIngestion: {access})",
        ("the endpoint accepted the records (204)", "none is in the table"),
        "send through a private link scope, or allow public ingestion on the workspace",
    )


def daily_cap(case: Case) -> Diagnosis | None:
    """The workspace's cap of the day is reached, or its ingestion is stopped."""
    capping = case.properties(case.scene.workspace()).get("workspaceCapping") or {}
    status = capping.get("dataIngestionStatus", "RespectQuota")
    if status not in {"OverQuota", "ForceOff", "SubscriptionSuspended"}:
        return None
    reset = capping.get("quotaNextResetTime")
    return Diagnosis(
        "daily-cap",
        f"the workspace has stopped taking rows ({status})",
        (
            f"its cap is {capping.get('dailyQuotaGb')} GB a day" + (f"; it starts anew at {reset}" if reset else ""),
            "the endpoint accepted the records (204)",
        ),
        "raise the workspace's daily cap or wait for its reset; rows sent meanwhile are lost",
    )
