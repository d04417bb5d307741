"""The desired graph as files for other tools."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from provisioner.model import Target, Workspace
from provisioner.render import FORMATS, render
from provisioner.resources.expand import expand
from tests.resources.test_resources import SUBSCRIPTION, manifest


def template(of):
    return json.loads(render(of, expand(of), "arm")["template.json"])


def test_every_format_gives_files():
    made = manifest()
    for form in FORMATS:
        assert all(text.endswith("\n") for text in render(made, expand(made), form).values())


def test_definitions_come_one_file_a_resource_with_an_index_in_the_order_of_making():
    made = manifest()
    files = render(made, expand(made), "definitions")
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
    made = template(manifest())
    assert set(made["parameters"]) == {"location", "principalId"}
    names = [entry["name"] for entry in made["resources"] if entry["type"].endswith("roleAssignments")]
    assert any(name.startswith("[guid(resourceId(") and "parameters('principalId')" in name for name in names)


def test_an_arm_template_tells_senders_where_to_post():
    value = template(manifest())["outputs"]["dcrs"]["value"]["dcr-shop"]
    assert value["endpoint"].startswith(
        "[reference(resourceId('Microsoft.Insights/dataCollectionEndpoints', 'dce-shop')"
    )


def test_tables_of_a_workspace_elsewhere_are_deployed_in_its_group():
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-central"
    id_ = f"{group}/providers/Microsoft.OperationalInsights/workspaces/law"
    resources = template(manifest(workspace=Workspace("law", "westeurope", id=id_)))["resources"]
    nested = resources[0]
    assert nested["resourceGroup"] == "rg-central"
    assert nested["properties"]["template"]["resources"][0]["name"] == "law/Orders_CL"
    dcr = next(entry for entry in resources if entry["type"].endswith("dataCollectionRules"))
    assert "[resourceId('Microsoft.Resources/deployments', 'shop-tables')]" in dcr["dependsOn"]
    assert dcr["properties"]["destinations"]["logAnalytics"][0]["workspaceResourceId"] == id_


@given(st.text(max_size=40))
def test_no_text_of_the_author_becomes_an_expression(text):
    made = manifest(target=Target("public", SUBSCRIPTION, "rg-shop", "westeurope"))
    dcr = replace(made.dcrs["dcr-shop"], description=text)
    resources = template(replace(made, dcrs={"dcr-shop": dcr}))["resources"]
    written = next(e for e in resources if e["type"].endswith("dataCollectionRules"))["properties"]["description"]
    expression = written.startswith("[") and written.endswith("]") and not written.startswith("[[")
    assert not expression or (written == text and not (text.startswith("[") and text.endswith("]")))
