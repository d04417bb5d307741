"""The desired graph as files for other tools."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.model import Target, Workspace
from provisioner.render import render
from provisioner.reports.format_registry import FORMATS
from provisioner.resources.expand import expand_manifest
from provisioner.template import DeploymentScope, Evaluation, NothingDeployed, parameter_values, plan_deployment
from tests.resources.test_resources import SUBSCRIPTION, manifest

ELSEWHERE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-central/providers/Microsoft.OperationalInsights"


def template(of):
    return json.loads(render(of, expand_manifest(of), "arm")["template.json"])


def test_every_format_gives_files():
    desired_manifest = manifest()
    for format_name in FORMATS["render"]:
        assert all(
            text.endswith("\n")
            for text in render(desired_manifest, expand_manifest(desired_manifest), format_name).values()
        )


def test_definitions_come_one_file_a_resource_with_an_index_in_the_order_of_making():
    desired_manifest = manifest()
    files = render(desired_manifest, expand_manifest(desired_manifest), "definitions")
    index = json.loads(files["index.json"])
    assert [entry["file"] for entry in index] == [name for name in files if name != "index.json"]
    assert json.loads(files["dcr/dcr-shop.json"])["properties"]["dataCollectionEndpointId"].endswith("/dce-shop")
    assert json.loads(files["grant/me.dcr-shop.json"])["properties"]["principalId"] == "$(principalId)"


def test_an_arm_template_depends_on_all_that_must_stand_first():
    resources = {entry["type"]: entry for entry in template(manifest())["resources"]}
    dcr = resources["Microsoft.Insights/dataCollectionRules"]
    assert (
        "[resourceId('Microsoft.OperationalInsights/workspaces/tables', 'law-shop', 'Orders_CL')]" in dcr["dependsOn"]
    )
    assert "[resourceId('Microsoft.Insights/dataCollectionEndpoints', 'dce-shop')]" in dcr["dependsOn"]
    assert resources["Microsoft.OperationalInsights/workspaces/tables"]["name"] == "law-shop/Orders_CL"


def test_an_arm_template_takes_what_only_the_deployer_knows_as_parameters():
    rendered = template(manifest())
    assert set(rendered["parameters"]) == {"location", "principalId"}
    names = [entry["name"] for entry in rendered["resources"] if entry["type"].endswith("roleAssignments")]
    assert any(name.startswith("[guid(resourceId(") and "parameters('principalId')" in name for name in names)


def test_an_arm_template_tells_senders_where_to_post():
    value = template(manifest())["outputs"]["dcrs"]["value"]["dcr-shop"]
    assert value["endpoint"].startswith(
        "[reference(resourceId('Microsoft.Insights/dataCollectionEndpoints', 'dce-shop')"
    )


@pytest.mark.parametrize(
    "workspace",
    [Workspace("law-shop", "westeurope"), Workspace("law", "westeurope", id=f"{ELSEWHERE}/workspaces/law")],
    ids=["ours", "elsewhere"],
)
def test_evaluating_an_arm_template_gives_the_definitions(workspace):
    """Names, ids and bodies: the evaluator is the room `template`, which knows nothing of how this one writes."""
    principal = "88888888-2222-3333-4444-555555555555"
    desired = manifest(workspace=workspace)
    plan = plan_deployment(
        template(desired),
        DeploymentScope(SUBSCRIPTION, "rg-shop"),
        parameters=parameter_values({"principalId": principal}),
        evaluation=Evaluation(resolver=NothingDeployed("westeurope")),
    )
    graph = expand_manifest(desired, principal)
    declared = {r.id: graph.resolved_body(r) for r in graph if not r.existing and r.type.short_name != "group"}
    assert {instance.id: instance.body for instance in plan.walk()} == declared


def test_tables_of_a_workspace_elsewhere_are_deployed_in_its_group():
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-central"
    id_ = f"{group}/providers/Microsoft.OperationalInsights/workspaces/law"
    resources = template(manifest(workspace=Workspace("law", "westeurope", id=id_)))["resources"]
    nested = resources[0]
    assert nested["resourceGroup"] == "rg-central"
    assert nested["properties"]["template"]["resources"][0]["name"] == "law/Orders_CL"
    dcr = next(entry for entry in resources if entry["type"].endswith("dataCollectionRules"))
    names = f"'{SUBSCRIPTION}', 'rg-central', 'Microsoft.Resources/deployments', 'shop-tables'"
    assert f"[resourceId({names})]" in dcr["dependsOn"]
    assert dcr["properties"]["destinations"]["logAnalytics"][0]["workspaceResourceId"] == id_


# No deadline: the first example compiles the templates.
@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_of_the_author_becomes_an_expression(text):
    desired_manifest = manifest(target=Target("public", SUBSCRIPTION, "rg-shop", "westeurope"))
    dcr = replace(desired_manifest.dcrs["dcr-shop"], description=text)
    resources = template(replace(desired_manifest, dcrs={"dcr-shop": dcr}))["resources"]
    written = next(e for e in resources if e["type"].endswith("dataCollectionRules"))["properties"]["description"]
    expression = written.startswith("[") and written.endswith("]") and not written.startswith("[[")
    assert not expression or (written == text and not (text.startswith("[") and text.endswith("]")))
