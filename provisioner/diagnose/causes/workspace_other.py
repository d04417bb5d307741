"""The live rule leads the stream elsewhere: to another workspace, to other tables, or nowhere."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.model import output_stream
from provisioner.probes.arrival import Diagnosis


def workspace_other(case: Case) -> Diagnosis | None:
    """The flow into the table leads to another workspace than the manifest's."""
    wanted = case.scene.id("workspace", case.scene.manifest.workspace.name)
    for flow in case.scene.flows(case.rule, case.stream):
        found = case.scene.destination(case.rule, flow)
        if flow.table == case.leg.table and found and found.lower() != wanted.lower():
            return Diagnosis(
                "workspace-other",
                f"the live rule sends {case.stream} to another workspace",
                (f"it leads to {found}", f"the manifest wants {wanted}"),
                "run `plan`: the rule was changed by hand or not applied yet",
            )
    return None


def flow_missing(case: Case) -> Diagnosis | None:
    """No live flow carries the stream into the table."""
    rule = case.rule
    flows = case.scene.flows(rule, case.stream)
    if rule is None or any(flow.table == case.leg.table for flow in flows):
        return None
    tables = ", ".join(sorted(flow.table for flow in flows)) or "nowhere"
    return Diagnosis(
        "flow-missing",
        f"the live rule does not lead {case.stream} into {case.leg.table}",
        (f"it leads to {tables}", f"the manifest wants outputStream {output_stream(case.leg.table)}"),
        "run `plan`: the rule was changed by hand or not applied yet",
    )


def table_missing(case: Case) -> Diagnosis | None:
    """The table was deleted under the rule: rows for it are lost in silence."""
    if case.scene.table(case.leg.table) is not None or "table" in case.scene.unreadable:
        return None
    return Diagnosis(
        "table-missing",
        f"the table {case.leg.table} is not there",
        (f"no resource {case.scene.id('table', case.leg.table)}", "the endpoint accepted the records (204)"),
        "run `apply`; a deleted table that comes back with the same columns shows its old rows again",
    )
