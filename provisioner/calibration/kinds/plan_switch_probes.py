"""Plans: every switch of a custom table, a second one in a week, and the plans that Azure's own tables take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.calibration.calibration_probe import ACCEPTED, REFUSED, Answer, CalibrationProbe
from provisioner.calibration.probe_rows import row_probes
from provisioner.fact_evidence import judge
from provisioner.model.table_plans import azure_table_plan_evidence, days_between_switches, plan_switch_pairs
from provisioner.resources import resource_type
from provisioner.transforms.builtin_tables import supports_plan

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite

_SWITCHES = ["limits.yaml", "table", "plan_switches", "pairs"]
_TABLE_PLANS = ["limits.yaml", "table", "azure_table_plans", "seen"]


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each pair of plans, for a way back within the week, and for each of the file's Azure tables."""
    rows: dict[str, Any] = {}
    for pair in plan_switch_pairs():
        rows[f"from {pair}"] = {"plans": pair.split(" to "), "fact": [*_SWITCHES, pair], "form": "list"}
    # A plan changes once a week: the way back is refused for another reason than the pair.
    rows[f"back within {days_between_switches()} days"] = {"plans": ["analytics", "basic", "analytics"], "fact": None}
    for table, plan in facts["azure_tables"].items():
        fact = [*_TABLE_PLANS, f"{table} {plan}"]
        rows[f"{plan} for {table}"] = {"table": table, "plans": ["analytics", plan], "fact": fact, "form": "list"}
    yield from row_probes(family, facts, rows)


def predict(probe: CalibrationProbe) -> str:
    """What the evidence for the last switch comes to; a second one within the week is refused."""
    *_, before, after = probe.row["plans"]
    if len(probe.row["plans"]) > len(("before", "after")):
        return REFUSED
    if "table" in probe.row:
        name = probe.row["table"]
        evidence = azure_table_plan_evidence(name, after, flagged=bool(supports_plan(name, after)))
    else:
        evidence = plan_switch_pairs()[f"{before} to {after}"]
    return ACCEPTED if judge(evidence).accepted else REFUSED


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """Create a table with the first plan and change it; one of Azure's has the plan Analytics from the start."""
    first, *following = (plan.capitalize() for plan in probe.row["plans"])
    name = probe.row.get("table") or f"Probe{site.next_number()}_CL"
    version, path = resource_type("table").api_version, site.table_id(name)
    answer = Answer(None)
    # Azure's own tables are there from the start and cannot be created.
    if "table" not in probe.row:
        columns = [{"name": "TimeGenerated", "type": "dateTime"}]
        body = {"properties": {"plan": first, "schema": {"name": name, "columns": columns}}}
        answer = site.request("PUT", path, version, body)
    for number, plan in enumerate(following, 1):
        if answer.seen == REFUSED:
            return Answer(None, answer.status, answer.code, f"before the question: {answer.words}")
        answer = site.request("PATCH", path, version, {"properties": {"plan": plan}})
        if answer.seen is None or number == len(following):
            break
    return answer
