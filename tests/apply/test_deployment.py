"""The same plan through Azure's own engine."""

from __future__ import annotations

from provisioner.apply import template_deployment
from provisioner.model import Columns, Flow, Stream, Table
from provisioner.resources import resource_type
from provisioner.resources.expand import expand
from tests.apply.test_apply import ORDERS, body, cloud, manifest, plan, up

__all__ = ["cloud"]


def test_a_deployment_makes_what_single_writes_make(cloud):
    wanted = manifest(cloud.target)
    made = plan(cloud, wanted)
    outcomes = template_deployment.deploy(made, wanted, cloud)
    assert [each.error for each in outcomes] == [None] * 6
    assert {each.state for each in outcomes} == {"applied"}
    assert plan(cloud, wanted).empty


def test_a_deployment_keeps_what_others_added(cloud):
    """It replaces just as a PUT does, so the template holds what is there."""
    up(cloud, manifest(cloud.target))
    id_ = expand(manifest(cloud.target))["table", "Orders_CL"].id
    columns = [{"name": name, "type": type_} for name, type_ in {**ORDERS, "Foreign": "int"}.items()]
    cloud.management.put(
        resource_type("table"),
        id_,
        {"properties": {"retentionInDays": 90, "schema": {"name": "Orders_CL", "columns": columns}}},
    )
    wider = manifest(cloud.target, columns={**ORDERS, "Note": "string"})
    made = plan(cloud, wider)
    forecast = template_deployment.what_if(made, wider, cloud)
    assert {(each.ours, each.azure) for each in forecast} == {("update", "Modify")}
    outcomes = template_deployment.deploy(made, wider, cloud)
    assert {each.state for each in outcomes} == {"applied"}
    names = {each["name"] for each in body(cloud, wider, "table", "Orders_CL")["properties"]["schema"]["columns"]}
    assert names == {*ORDERS, "Foreign", "Note"}
    assert plan(cloud, wider).empty


def test_a_template_is_cut_where_azure_would_refuse_it(cloud):
    columns = Columns({"TimeGenerated": "datetime"})
    tables = {f"T{number:04}_CL": Table(f"T{number:04}_CL", columns) for number in range(1000)}
    wanted = manifest(cloud.target, tables=tables, streams={}, dcrs={}, grants={}, endpoint=None)
    parts = list(template_deployment.templates(plan(cloud, wanted), wanted))
    assert [len(part) for part, _ in parts] == [800, 201]
    assert [len(template["resources"]) for _, template in parts] == [800, 201]
    assert parts[0][1]["resources"][0]["name"] == "law-shop"


def test_what_a_failed_deployment_has_made_is_told(cloud):
    flow = Flow("Orders_CL", "source | where nosuch == 1", written=True)
    broken = manifest(
        cloud.target, streams={"Custom-Orders": Stream("Custom-Orders", "Custom-Orders", Columns(ORDERS), (flow,))}
    )
    outcomes = template_deployment.deploy(plan(cloud, broken), broken, cloud)
    states = {each.type: each.state for each in outcomes}
    assert states["group"] == states["table"] == "applied"
    assert states["dcr"] == "failed"
    error = next(each.error for each in outcomes if each.type == "dcr")
    assert any("nosuch" in message for _, message, _ in error.details)
    wanted = manifest(cloud.target)
    again = template_deployment.deploy(plan(cloud, wanted), wanted, cloud)
    assert {each.state for each in again} == {"applied"}
    assert plan(cloud, wanted).empty
