"""Drift and destroy against the emulator: what differs, whose it is, what could not be seen."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from provisioner import live
from provisioner import plan as planned
from provisioner.apply.execution import apply
from provisioner.live import Coverage
from provisioner.model import Columns, Dcr, Endpoint, Table, Workspace
from provisioner.plan import drift_report
from provisioner.resources import resource_type
from provisioner.resources.expand import expand
from tests.apply.test_apply import ORDERS, _plain, body, cloud, manifest, up

__all__ = ["cloud"]


def drift(cloud, wanted, **options):
    desired = expand(wanted, cloud.identity.object_id)
    found = live.read(cloud, desired, owner=wanted.owner, tolerant=True)
    made = planned.plan(desired, found, principal=cloud.identity.object_id, tolerant=True)
    return planned.drift(made, wanted, **options)


def kinds(found):
    return {(each.kind, each.type, each.name, each.difference) for each in found.findings}


def test_right_after_apply_nothing_has_drifted(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    found = drift(cloud, wanted)
    assert kinds(found) == set()
    assert not found.drifted
    assert all(each.ok for each in found.coverage)
    assert {each.scope for each in found.coverage} == {"workspace", "tables", "dcrs", "endpoints", "grants"}


def test_a_change_by_hand_is_told_property_by_property_with_who_and_when(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    rule = _plain(body(cloud, wanted, "dcr", "dcr-shop"))
    rule["properties"]["dataFlows"][0]["transformKql"] = "source | extend Amount = 1.0"
    rule["tags"]["team"] = "other"
    cloud.management.put(resource_type("dcr"), expand(wanted)["dcr", "dcr-shop"].id, rule)
    found = drift(cloud, wanted)
    assert kinds(found) == {("changed", "dcr", "dcr-shop", True)}
    (finding,) = found.findings
    assert {each.path for each in finding.deltas} == {
        "tags.team",
        "properties.dataFlows[Custom-Orders → Custom-Orders_CL].transformKql",
    }
    assert finding.who
    assert finding.when
    assert finding.who in drift_report.text(found)


def test_what_is_gone_is_missing(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    cloud.management.delete(resource_type("dcr"), expand(wanted)["dcr", "dcr-shop"].id)
    found = drift(cloud, wanted)
    assert ("missing", "dcr", "dcr-shop", True) in kinds(found)
    assert ("unwritten", "table", "Orders_CL", False) in kinds(found)


def test_strangers_in_a_shared_workspace_are_information(cloud):
    """In one of our own they are a difference; under another manifest's mark they never are."""
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    more = {**wanted.tables, "Extra_CL": Table("Extra_CL", Columns({"TimeGenerated": "datetime"}))}
    up(cloud, manifest(cloud.target, tables=more))
    other = manifest(cloud.target, name="neighbour", endpoint=Endpoint("dce-other", "westeurope"), dcrs={}, grants={})
    made = planned.plan(expand(other), live.read(cloud, expand(other), owner=other.owner), only=["endpoint/dce-other"])
    apply(made, cloud)
    own = drift(cloud, wanted)
    assert kinds(own) == {
        ("undeclared", "table", "Extra_CL", True),
        ("undeclared", "endpoint", "dce-other", False),
    }
    id_ = expand(wanted)["workspace", "law-shop"].id
    target = wanted.target.__class__("public", cloud.target.subscription, "rg-shop", "westeurope")
    shared = manifest(target, workspace=Workspace("law-shop", "westeurope", None, id_))
    found = drift(cloud, shared)
    assert {each for each in kinds(found) if each[0] == "undeclared"} == {
        ("undeclared", "table", "Extra_CL", False),
        ("undeclared", "endpoint", "dce-other", False),
    }
    assert not found.drifted
    assert drift(cloud, shared, strict_undeclared=True).drifted


def test_a_rule_nobody_can_send_to_and_a_rule_without_its_table_are_told(cloud):
    wanted = manifest(cloud.target, grants={})
    up(cloud, wanted)
    assert kinds(drift(cloud, wanted)) == {("unreachable", "dcr", "dcr-shop", False)}
    cloud.management.delete(resource_type("table"), expand(wanted)["table", "Orders_CL"].id)
    assert ("dangling", "dcr", "dcr-shop", True) in kinds(drift(cloud, wanted))


def test_what_could_not_be_read_is_not_missing(cloud, azure_monitor):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    azure_monitor.fault("error", match="GET *dataCollectionEndpoints*", status=403, code="AuthorizationFailed")
    found = drift(cloud, wanted)
    azure_monitor.heal()
    assert [each.scope for each in found.gaps] == ["endpoints"]
    assert ("missing", "endpoint", "dce-shop", True) not in kinds(found)
    assert "endpoints could not be read" in drift_report.text(found)


def test_every_report_tells_every_finding(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    cloud.management.delete(resource_type("dcr"), expand(wanted)["dcr", "dcr-shop"].id)
    found = drift(cloud, wanted)
    found = planned.Drift(found.plan, found.findings, (*found.coverage, Coverage("more", False, "no | right")))
    for text in (drift_report.text(found), drift_report.markdown(found)):
        assert "dcr-shop" in text
        assert "could not be read" in text
    data = json.loads(drift_report.json(found))
    assert data["drift"] is True
    assert {"scope": "more", "ok": False, "why": "no | right"} in data["coverage"]
    assert len(data["findings"]) == len(found.findings)
    sarif = json.loads(drift_report.sarif(found))
    assert {each["ruleId"] for each in sarif["runs"][0]["results"]} == {each.code for each in found.findings}
    suite = ET.fromstring(drift_report.junit(found)).find("testsuite")
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) == 3


def destroyed(cloud, wanted, allow=()):
    desired = expand(wanted, cloud.identity.object_id)
    found = live.read(cloud, desired, owner=wanted.owner)
    made = planned.destroy(desired, found, owner=wanted.owner, allow=allow)
    outcomes = apply(made, cloud, allow=allow)
    assert {each.state for each in outcomes if each.action == "delete"} <= {"applied"}
    return {each.key: each.action for each in made.changes}


def test_destroy_takes_what_is_ours_and_leaves_rows(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    done = destroyed(cloud, wanted)
    assert {key[0] for key, action in done.items() if action == "delete"} == {"grant", "dcr", "endpoint"}
    assert body(cloud, wanted, "table", "Orders_CL") is not None
    assert body(cloud, wanted, "workspace", "law-shop") is not None
    assert body(cloud, wanted, "dcr", "dcr-shop") is None
    destroyed(cloud, wanted, allow=["destructive:Orders_CL"])
    assert body(cloud, wanted, "table", "Orders_CL") is None
    destroyed(cloud, wanted, allow=["destructive:law-shop"])
    assert body(cloud, wanted, "workspace", "law-shop") is None
    group = expand(wanted)["group", "rg-shop"]
    assert cloud.management.get(group.id, group.type.api_version) is not None


def test_destroy_never_tries_a_table_of_azures_own(cloud):
    added = Table("CommonSecurityLog", Columns({"Tenant_CF": "string"}))
    mine = {"Orders_CL": Table("Orders_CL", Columns(ORDERS)), added.name: added}
    wanted = manifest(cloud.target, tables=mine)
    up(cloud, wanted)
    done = destroyed(cloud, wanted, allow=["destructive:CommonSecurityLog"])
    assert done["table", "CommonSecurityLog"] == "no-op"


def test_destroy_keeps_an_endpoint_that_another_rule_uses(cloud):
    wanted = manifest(cloud.target)
    second = replace(wanted.dcrs["dcr-shop"], name="dcr-second")
    up(cloud, replace(wanted, dcrs={**wanted.dcrs, "dcr-second": second}))
    [endpoint] = [key for key in destroyed(cloud, wanted).items() if key[0][0] == "endpoint"]
    assert endpoint[1] == "no-op"


def test_destroy_leaves_what_bears_another_mark(cloud):
    up(cloud, manifest(cloud.target))
    done = destroyed(cloud, manifest(cloud.target, name="other"))
    assert {key[0] for key, action in done.items() if action == "delete"} == {"grant"}


def test_a_replaced_rule_gets_its_grant_again(cloud):
    """Its place cannot change; the new one has another immutable id, and needs a yes."""
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    before = body(cloud, wanted, "dcr", "dcr-shop")
    desired = expand(wanted, cloud.identity.object_id)
    found = live.read(cloud, desired)
    rule = found.graph["dcr", "dcr-shop"]
    moved = {**rule.body, "location": "northeurope"}
    graph = planned_graph(found.graph, rule, moved)
    made = planned.plan(desired, live.Live(graph))
    assert [(each.action, each.type) for each in made.changes] == [("replace", "dcr"), ("create", "grant")]
    assert made.changes[0].risk == "breaking"
    assert list(made.refusals()) == [reason for reason in made.refusals() if "--allow breaking:dcr-shop" in reason]
    writer_live = planned.plan(desired, found)
    assert writer_live.empty
    assert before["properties"]["immutableId"]


def planned_graph(graph, rule, changed):
    from dataclasses import replace

    from provisioner.resources import Graph

    return Graph([replace(rule, body=changed) if each.key == rule.key else each for each in graph])


@pytest.mark.parametrize("shared", [True, False])
def test_a_direct_endpoint_is_never_proposed_for_an_existing_rule(cloud, shared):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    kind = "shared" if shared else "direct"
    changed = manifest(cloud.target, dcrs={"dcr-shop": Dcr("dcr-shop", ("Custom-Orders",), kind)})
    desired = expand(changed, cloud.identity.object_id)
    made = planned.plan(desired, live.read(cloud, desired))
    assert made.empty is shared
    if not shared:
        assert any("rule of another name" in reason for reason in made.refusals(["breaking:dcr-shop"]))


def test_what_must_exist_and_is_gone_is_missing_too(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    id_ = expand(wanted)["workspace", "law-shop"].id
    target = wanted.target.__class__("public", cloud.target.subscription, "rg-shop", "westeurope")
    tables = {"Orders_CL": Table("Orders_CL", Columns(ORDERS), existing=True)}
    shared = manifest(target, workspace=Workspace("law-shop", "westeurope", None, id_), tables=tables)
    assert {each for each in kinds(drift(cloud, shared)) if each[0] == "missing"} == set()
    cloud.management.delete(resource_type("table"), expand(wanted)["table", "Orders_CL"].id)
    assert ("missing", "table", "Orders_CL", True) in kinds(drift(cloud, shared))
    other = {"Orders_CL": Table("Orders_CL", Columns({**ORDERS, "Amount": "long"}), existing=True)}
    up(cloud, wanted)
    shared = manifest(target, workspace=Workspace("law-shop", "westeurope", None, id_), tables=other)
    assert ("changed", "table", "Orders_CL", True) in kinds(drift(cloud, shared))


def test_every_kind_of_finding_has_a_page():
    from provisioner.plan.codes import CODES
    from provisioner.plan.drift_findings import KINDS

    assert {code for code, _ in KINDS.values()} == set(CODES)
    for text in CODES.values():
        assert all(f"\n{word}:" in text for word in ("Why", "Wrong", "Right"))
