"""The table's plan is another than the one the query was made for."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_state import plan_of


def query_path(case: Case) -> Diagnosis | None:
    """The query was refused, and the live table is Basic or Auxiliary now (or is it no more)."""
    error = case.leg.query_error
    body = case.scene.table(case.leg.table)
    if error is None or body is None:
        return None
    live = plan_of(body)
    declared = case.scene.manifest.tables.get(case.leg.table)
    if live == case.leg.plan:
        return None
    wanted = f"the manifest says {declared.plan}" if declared else "the manifest does not declare it"
    return Diagnosis(
        "table-plan",
        f"{case.leg.table} has the plan {live}; such tables answer on another path than was asked",
        (wanted, error.message),
        "run verify again, it asks by the live plan; alerts and workbooks over this table need the same care",
    )


def query_failed(case: Case) -> Diagnosis | None:
    """The query was refused for another reason."""
    error = case.leg.query_error
    if error is None:
        return None
    return Diagnosis(
        "query-refused",
        f"the workspace does not answer the query for {case.leg.table}",
        (error.message, "the records were accepted; whether they arrived is not known"),
        error.hint or "run verify again; the request id helps support",
        # A workspace that was just made is not known to queries for a while (404).
        passing=error.status is None or error.status == 404 or error.status >= 429,
    )
