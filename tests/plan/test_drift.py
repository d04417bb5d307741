"""Drift and destroy against the emulator: what differs, whose it is, what could not be seen."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from provisioner import live
from provisioner import plan as planned
from provisioner.apply import ApplyOptions, apply
from provisioner.live import ScopeCoverage
from provisioner.model import Columns, Dcr, Endpoint, Table, Workspace
from provisioner.plan import drift_report
from provisioner.reports.format_registry import FORMATS
from provisioner.resources import resource_type
from provisioner.resources.expand import expand_manifest
from tests.apply.test_apply import ORDERS, _plain, body, cloud, manifest, up

__all__ = ["cloud"]


def drift(cloud, declared, **options):
    desired = expand_manifest(declared, cloud.identity.object_id)
    live_state = live.read_live(cloud, desired, owner=declared.owner, allow_gaps=True)
    plan = planned.build_plan(
        desired, live_state, planned.PlanOptions(tolerant_of_gaps=True), principal=cloud.identity.object_id
    )
    return planned.find_drift(plan, declared, **options)


def kinds(drifted):
    return {(finding.kind, finding.type, finding.name, finding.difference) for finding in drifted.findings}


def test_right_after_apply_nothing_has_drifted(cloud):
    declared = manifest(cloud.target)
    up(cloud, declared)
    drifted = drift(cloud, declared)
    assert kinds(drifted) == set()
    assert not drifted.drifted
    assert all(scope.ok for scope in drifted.coverage)
    assert {coverage.scope for coverage in drifted.coverage} == {"workspace", "tables", "dcrs", "endpoints", "grants"}


def test_a_change_by_hand_is_told_property_by_property_with_who_and_when(cloud):
    declared = manifest(cloud.target)
    up(cloud, declared)
    rule = _plain(body(cloud, declared, "dcr", "dcr-shop"))
    rule["properties"]["dataFlows"][0]["transformKql"] = "source | extend Amount = 1.0"
    rule["tags"]["team"] = "other"
    cloud.management.put(resource_type("dcr"), expand_manifest(declared)["dcr", "dcr-shop"].id, rule)
    drifted = drift(cloud, declared)
    assert kinds(drifted) == {("changed", "dcr", "dcr-shop", True)}
    (finding,) = drifted.findings
    assert {delta.path for delta in finding.deltas} == {
        "tags.team",
        "properties.dataFlows[Custom-Orders → Custom-Orders_CL].transformKql",
    }
    assert finding.who
    assert finding.when
    assert finding.who in drift_report.format_text(drifted)


def test_what_is_gone_is_missing(cloud):
    declared = manifest(cloud.target)
    up(cloud, declared)
    cloud.management.delete(resource_type("dcr"), expand_manifest(declared)["dcr", "dcr-shop"].id)
    drifted = drift(cloud, declared)
    assert ("missing", "dcr", "dcr-shop", True) in kinds(drifted)
    assert ("unwritten", "table", "Orders_CL", False) in kinds(drifted)


def test_strangers_in_a_shared_workspace_are_information(cloud):
    """In one of our own they are a difference; under another manifest's mark they never are."""
    declared = manifest(cloud.target)
    up(cloud, declared)
    more = {**declared.tables, "Extra_CL": Table("Extra_CL", Columns({"TimeGenerated": "datetime"}))}
    up(cloud, manifest(cloud.target, tables=more))
    other = manifest(cloud.target, name="neighbour", endpoint=Endpoint("dce-other", "westeurope"), dcrs={}, grants={})
    plan = planned.build_plan(
        expand_manifest(other),
        live.read_live(cloud, expand_manifest(other), owner=other.owner),
        planned.PlanOptions(only=("endpoint/dce-other",)),
    )
    apply(plan, cloud)
    owned_drift = drift(cloud, declared)
    assert kinds(owned_drift) == {
        ("undeclared", "table", "Extra_CL", True),
        ("undeclared", "endpoint", "dce-other", False),
    }
    id_ = expand_manifest(declared)["workspace", "law-shop"].id
    target = declared.target.__class__("public", cloud.target.subscription, "rg-shop", "westeurope")
    shared = manifest(target, workspace=Workspace("law-shop", "westeurope", None, id_))
    drifted = drift(cloud, shared)
    assert {finding for finding in kinds(drifted) if finding[0] == "undeclared"} == {
        ("undeclared", "table", "Extra_CL", False),
        ("undeclared", "endpoint", "dce-other", False),
    }
    assert not drifted.drifted
    assert drift(cloud, shared, strict_undeclared=True).drifted


def test_a_rule_nobody_can_send_to_and_a_rule_without_its_table_are_told(cloud):
    declared = manifest(cloud.target, grants={})
    up(cloud, declared)
    assert kinds(drift(cloud, declared)) == {("unreachable", "dcr", "dcr-shop", False)}
    cloud.management.delete(resource_type("table"), expand_manifest(declared)["table", "Orders_CL"].id)
    assert ("dangling", "dcr", "dcr-shop", True) in kinds(drift(cloud, declared))


def test_what_could_not_be_read_is_not_missing(cloud, azure_monitor):
    declared = manifest(cloud.target)
    up(cloud, declared)
    azure_monitor.fault("error", match="GET *dataCollectionEndpoints*", status=403, code="AuthorizationFailed")
    drifted = drift(cloud, declared)
    azure_monitor.clear_faults()
    assert [gap.scope for gap in drifted.gaps] == ["endpoints"]
    assert ("missing", "endpoint", "dce-shop", True) not in kinds(drifted)
    assert "endpoints could not be read" in drift_report.format_text(drifted)


def test_every_report_tells_every_finding(cloud):
    declared = manifest(cloud.target)
    up(cloud, declared)
    cloud.management.delete(resource_type("dcr"), expand_manifest(declared)["dcr", "dcr-shop"].id)
    drifted = drift(cloud, declared)
    drifted = planned.Drift(
        drifted.plan, drifted.findings, (*drifted.coverage, ScopeCoverage("more", False, "no | right"))
    )
    for text in (drift_report.format_text(drifted), drift_report.format_markdown(drifted)):
        assert "dcr-shop" in text
        assert "could not be read" in text
    data = json.loads(FORMATS["drift"]["json"](drifted))
    assert data["drift"] is True
    assert {"scope": "more", "ok": False, "why": "no | right"} in data["coverage"]
    assert len(data["findings"]) == len(drifted.findings)
    sarif = json.loads(FORMATS["drift"]["sarif"](drifted))
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} == {
        finding.code for finding in drifted.findings
    }
    suite = ET.fromstring(FORMATS["drift"]["junit"](drifted)).find("testsuite")
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) == 3


def destroyed(cloud, declared, allow=()):
    desired = expand_manifest(declared, cloud.identity.object_id)
    live_state = live.read_live(cloud, desired, owner=declared.owner)
    plan = planned.plan_destroy(desired, live_state, planned.PlanOptions(allow=allow), owner=declared.owner)
    outcomes = apply(plan, cloud, ApplyOptions(allow=allow))
    assert {outcome.state for outcome in outcomes if outcome.action == "delete"} <= {"applied"}
    return {change.key: change.action for change in plan.changes}


def test_destroy_takes_what_is_ours_and_leaves_rows(cloud):
    declared = manifest(cloud.target)
    up(cloud, declared)
    actions = destroyed(cloud, declared)
    assert {key[0] for key, action in actions.items() if action == "delete"} == {"grant", "dcr", "endpoint"}
    assert body(cloud, declared, "table", "Orders_CL") is not None
    assert body(cloud, declared, "workspace", "law-shop") is not None
    assert body(cloud, declared, "dcr", "dcr-shop") is None
    destroyed(cloud, declared, allow=["destructive:Orders_CL"])
    assert body(cloud, declared, "table", "Orders_CL") is None
    destroyed(cloud, declared, allow=["destructive:law-shop"])
    assert body(cloud, declared, "workspace", "law-shop") is None
    group = expand_manifest(declared)["group", "rg-shop"]
    assert cloud.management.get(group.id, group.type.api_version) is not None


def test_destroy_never_tries_a_table_of_azures_own(cloud):
    added = Table("CommonSecurityLog", Columns({"Tenant_CF": "string"}))
    tables = {"Orders_CL": Table("Orders_CL", Columns(ORDERS)), added.name: added}
    declared = manifest(cloud.target, tables=tables)
    up(cloud, declared)
    actions = destroyed(cloud, declared, allow=["destructive:CommonSecurityLog"])
    assert actions["table", "CommonSecurityLog"] == "no-op"


def test_destroy_keeps_an_endpoint_that_another_rule_uses(cloud):
    declared = manifest(cloud.target)
    second = replace(declared.dcrs["dcr-shop"], name="dcr-second")
    up(cloud, replace(declared, dcrs={**declared.dcrs, "dcr-second": second}))
    [endpoint] = [key for key in destroyed(cloud, declared).items() if key[0][0] == "endpoint"]
    assert endpoint[1] == "no-op"


def test_destroy_leaves_what_bears_another_mark(cloud):
    up(cloud, manifest(cloud.target))
    actions = destroyed(cloud, manifest(cloud.target, name="other"))
    assert {key[0] for key, action in actions.items() if action == "delete"} == {"grant"}


def test_a_replaced_rule_gets_its_grant_again(cloud):
    """Its place cannot change; the new one has another immutable id, and needs a yes."""
    declared = manifest(cloud.target)
    up(cloud, declared)
    before = body(cloud, declared, "dcr", "dcr-shop")
    desired = expand_manifest(declared, cloud.identity.object_id)
    live_state = live.read_live(cloud, desired)
    rule = live_state.graph["dcr", "dcr-shop"]
    moved = {**rule.body, "location": "northeurope"}
    graph = planned_graph(live_state.graph, rule, moved)
    plan = planned.build_plan(desired, live.LiveResources(graph))
    assert [(change.action, change.type) for change in plan.changes] == [("replace", "dcr"), ("create", "grant")]
    assert plan.changes[0].risk == "breaking"
    assert list(plan.refusals()) == [refusal for refusal in plan.refusals() if refusal.allow == "breaking:dcr-shop"]
    writer_live = planned.build_plan(desired, live_state)
    assert writer_live.empty
    assert before["properties"]["immutableId"]


def planned_graph(graph, rule, changed):
    from dataclasses import replace

    from provisioner.resources import Graph

    return Graph([replace(rule, body=changed) if resource.key == rule.key else resource for resource in graph])


@pytest.mark.parametrize("shared", [True, False])
def test_a_direct_endpoint_is_never_proposed_for_an_existing_rule(cloud, shared):
    declared = manifest(cloud.target)
    up(cloud, declared)
    endpoint = "shared" if shared else "direct"
    changed = manifest(cloud.target, dcrs={"dcr-shop": Dcr("dcr-shop", ("Custom-Orders",), endpoint)})
    desired = expand_manifest(changed, cloud.identity.object_id)
    plan = planned.build_plan(desired, live.read_live(cloud, desired))
    assert plan.empty is shared
    if not shared:
        assert any("rule of another name" in refusal.text for refusal in plan.refusals(["breaking:dcr-shop"]))


def test_what_must_exist_and_is_gone_is_missing_too(cloud):
    declared = manifest(cloud.target)
    up(cloud, declared)
    id_ = expand_manifest(declared)["workspace", "law-shop"].id
    target = declared.target.__class__("public", cloud.target.subscription, "rg-shop", "westeurope")
    tables = {"Orders_CL": Table("Orders_CL", Columns(ORDERS), existing=True)}
    shared = manifest(target, workspace=Workspace("law-shop", "westeurope", None, id_), tables=tables)
    assert {finding for finding in kinds(drift(cloud, shared)) if finding[0] == "missing"} == set()
    cloud.management.delete(resource_type("table"), expand_manifest(declared)["table", "Orders_CL"].id)
    assert ("missing", "table", "Orders_CL", True) in kinds(drift(cloud, shared))
    other = {"Orders_CL": Table("Orders_CL", Columns({**ORDERS, "Amount": "long"}), existing=True)}
    up(cloud, declared)
    shared = manifest(target, workspace=Workspace("law-shop", "westeurope", None, id_), tables=other)
    assert ("changed", "table", "Orders_CL", True) in kinds(drift(cloud, shared))


def test_every_kind_of_finding_has_a_page():
    from provisioner.plan.codes import CODES
    from provisioner.plan.drift_findings import DRIFT_KINDS

    assert {code for code, _ in DRIFT_KINDS.values()} == set(CODES)
    for code in CODES.values():
        assert all(f"\n{heading}:" in code.page for heading in ("Why", "Wrong", "Right"))
