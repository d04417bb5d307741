"""The table's plan is another than the one the query was made for."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import table_plan


def table_plan_changed(evidence: Evidence) -> Diagnosis | None:
    """The query was refused, and the live table is Basic or Auxiliary now, or no longer."""
    flow_probe = evidence.flow_probe
    error, body = flow_probe.state.query_error, evidence.live.table(flow_probe.table)
    if error is None or body is None:
        return None
    plan = table_plan(body)
    if plan == flow_probe.table_plan:
        return None
    declared = evidence.live.manifest.tables.get(flow_probe.table)
    return Diagnosis(
        "table-plan",
        f"{flow_probe.table} has the plan {plan}; such tables answer on another path than was asked",
        (
            f"the manifest says {declared.plan}" if declared else "the manifest does not declare it",
            error.message,
        ),
        "run verify again, it asks by the live plan; alerts and workbooks over this table need the same care",
    )
