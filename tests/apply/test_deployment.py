"""The same plan through Azure's own engine."""

from __future__ import annotations

from provisioner.apply import template_deployment
from provisioner.model import Columns, Flow, Stream, Table
from provisioner.resources import resource_type
from provisioner.resources.expand import expand_manifest
from tests.apply.test_apply import ORDERS, body, cloud, manifest, plan, up

__all__ = ["cloud"]


def test_a_deployment_makes_what_single_writes_make(cloud):
    desired_manifest = manifest(cloud.target)
    new_plan = plan(cloud, desired_manifest)
    outcomes = template_deployment.deploy_plan(new_plan, desired_manifest, cloud)
    assert [outcome.error for outcome in outcomes] == [None] * 6
    assert {outcome.state for outcome in outcomes} == {"applied"}
    assert plan(cloud, desired_manifest).empty


def test_a_deployment_keeps_what_others_added(cloud):
    """It replaces just as a PUT does, so the template holds what is there."""
    up(cloud, manifest(cloud.target))
    id_ = expand_manifest(manifest(cloud.target))["table", "Orders_CL"].id
    columns = [{"name": name, "type": type_} for name, type_ in {**ORDERS, "Foreign": "int"}.items()]
    cloud.management.put(
        resource_type("table"),
        id_,
        {"properties": {"retentionInDays": 90, "schema": {"name": "Orders_CL", "columns": columns}}},
    )
    wider = manifest(cloud.target, columns={**ORDERS, "Note": "string"})
    new_plan = plan(cloud, wider)
    forecast = template_deployment.what_if_rows(new_plan, wider, cloud)
    assert {(row.our_action, row.azure_change) for row in forecast} == {("update", "Modify")}
    outcomes = template_deployment.deploy_plan(new_plan, wider, cloud)
    assert {outcome.state for outcome in outcomes} == {"applied"}
    names = {column["name"] for column in body(cloud, wider, "table", "Orders_CL")["properties"]["schema"]["columns"]}
    assert names == {*ORDERS, "Foreign", "Note"}
    assert plan(cloud, wider).empty


def test_a_template_is_cut_where_azure_would_refuse_it(cloud):
    columns = Columns({"TimeGenerated": "datetime"})
    tables = {f"T{number:04}_CL": Table(f"T{number:04}_CL", columns) for number in range(1000)}
    desired_manifest = manifest(cloud.target, tables=tables, streams={}, dcrs={}, grants={}, endpoint=None)
    parts = list(template_deployment.deployment_templates(plan(cloud, desired_manifest), desired_manifest))
    assert [len(part) for part, _ in parts] == [800, 201]
    assert [len(template["resources"]) for _, template in parts] == [800, 201]
    assert parts[0][1]["resources"][0]["name"] == "law-shop"


def test_what_a_failed_deployment_has_made_is_told(cloud):
    flow = Flow("Orders_CL", "source | where nosuch == 1", written=True)
    broken = manifest(
        cloud.target, streams={"Custom-Orders": Stream("Custom-Orders", "Custom-Orders", Columns(ORDERS), (flow,))}
    )
    outcomes = template_deployment.deploy_plan(plan(cloud, broken), broken, cloud)
    states = {outcome.type: outcome.state for outcome in outcomes}
    assert states["group"] == states["table"] == "applied"
    assert states["dcr"] == "failed"
    error = next(outcome.error for outcome in outcomes if outcome.type == "dcr")
    assert any("nosuch" in message for _, message, _ in error.details)
    desired_manifest = manifest(cloud.target)
    again = template_deployment.deploy_plan(plan(cloud, desired_manifest), desired_manifest, cloud)
    assert {outcome.state for outcome in again} == {"applied"}
    assert plan(cloud, desired_manifest).empty
