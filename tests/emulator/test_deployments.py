"""Templates deployed, validated and compared through the official deployments client."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.resource.deployments import DeploymentsMgmtClient
from azure.mgmt.resource.resources import ResourceManagementClient

from provisioner.template import read_document

GROUP = "rg-deploy"
WORKSPACE = "Microsoft.OperationalInsights/workspaces"
TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {
        "location": {"type": "string", "defaultValue": "[resourceGroup().location]"},
        "sender": {"type": "string"},
    },
    "variables": {"law": "[format('law-{0}', 'shop')]"},
    "resources": [
        {
            "type": "Microsoft.Authorization/roleAssignments",
            "apiVersion": "2022-04-01",
            "scope": "[resourceId('Microsoft.Insights/dataCollectionRules', 'dcr-shop')]",
            "name": "[guid(resourceGroup().id, parameters('sender'), '3913510d-42f4-4e42-8a64-420c390055eb')]",
            "properties": {
                "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', "
                "'3913510d-42f4-4e42-8a64-420c390055eb')]",
                "principalId": "[parameters('sender')]",
                "principalType": "ServicePrincipal",
            },
            "dependsOn": ["[resourceId('Microsoft.Insights/dataCollectionRules', 'dcr-shop')]"],
        },
        {
            "type": "Microsoft.Insights/dataCollectionRules",
            "apiVersion": "2024-03-11",
            "name": "dcr-shop",
            "location": "[parameters('location')]",
            "kind": "Direct",
            "properties": {
                "streamDeclarations": {"Custom-Orders": {"columns": [{"name": "TimeGenerated", "type": "datetime"}]}},
                "destinations": {
                    "logAnalytics": [
                        {"name": "law", "workspaceResourceId": f"[resourceId('{WORKSPACE}', variables('law'))]"}
                    ]
                },
                "dataFlows": [
                    {
                        "streams": ["Custom-Orders"],
                        "destinations": ["law"],
                        "transformKql": "source",
                        "outputStream": "Custom-Orders_CL",
                    }
                ],
            },
            "dependsOn": [f"[resourceId('{WORKSPACE}/tables', variables('law'), 'Orders_CL')]"],
        },
        {
            "type": f"{WORKSPACE}/tables",
            "apiVersion": "2025-07-01",
            "name": "[concat(variables('law'), '/Orders_CL')]",
            "properties": {"schema": {"name": "Orders_CL", "columns": [{"name": "TimeGenerated", "type": "dateTime"}]}},
            "dependsOn": [f"[resourceId('{WORKSPACE}', variables('law'))]"],
        },
        {
            "type": WORKSPACE,
            "apiVersion": "2025-07-01",
            "name": "[variables('law')]",
            "location": "[parameters('location')]",
            "properties": {},
        },
    ],
    "outputs": {
        "immutableId": {
            "type": "string",
            "value": "[reference(resourceId('Microsoft.Insights/dataCollectionRules', 'dcr-shop'), "
            "'2024-03-11').immutableId]",
        }
    },
}


@pytest.fixture
def deployments(azure_monitor):
    with ExitStack() as stack:
        credential = stack.enter_context(azure_monitor.credential())
        options = {
            "base_url": azure_monitor.endpoint,
            "credential_scopes": ["https://management.azure.com/.default"],
            "connection_verify": azure_monitor.ca_file,
            "polling_interval": 1,
        }
        groups = stack.enter_context(ResourceManagementClient(credential, azure_monitor.subscription, **options))
        groups.resource_groups.create_or_update(GROUP, {"location": "westeurope"})
        yield stack.enter_context(DeploymentsMgmtClient(credential, azure_monitor.subscription, **options)).deployments


def properties(azure, template=TEMPLATE):
    sender = {"sender": {"value": azure.ready.object_id}}
    return {"properties": {"mode": "Incremental", "template": template, "parameters": sender}}


def test_a_template_is_deployed_in_the_order_of_its_dependencies(deployments, azure_monitor):
    done = deployments.begin_create_or_update(GROUP, "first", properties(azure_monitor)).result()
    assert done.properties.provisioning_state == "Succeeded"
    assert done.properties.outputs["immutableId"]["value"].startswith("dcr-")
    again = deployments.begin_create_or_update(GROUP, "first", properties(azure_monitor)).result()
    assert again.properties.outputs == done.properties.outputs


def test_what_if_lists_creations_and_then_nothing(deployments, azure_monitor):
    before = deployments.begin_what_if(GROUP, "first", properties(azure_monitor)).result()
    assert {change.change_type for change in before.changes} == {"Create"}
    deployments.begin_create_or_update(GROUP, "first", properties(azure_monitor)).result()
    after = deployments.begin_what_if(GROUP, "first", properties(azure_monitor)).result()
    rule = next(change for change in after.changes if "dataCollectionRules/dcr-shop" in change.resource_id)
    assert rule.change_type == "NoChange"


def test_a_failed_resource_is_named_below_deployment_failed(deployments, azure_monitor):
    template = {
        **TEMPLATE,
        "resources": [resource for resource in TEMPLATE["resources"] if "tables" not in resource["type"]],
    }
    template["resources"] = [
        {**resource, "dependsOn": [need for need in resource.get("dependsOn", []) if "tables" not in need]}
        for resource in template["resources"]
    ]
    with pytest.raises(HttpResponseError) as caught:
        deployments.begin_create_or_update(GROUP, "broken", properties(azure_monitor, template)).result()
    error = caught.value.error
    assert error.code == "DeploymentFailed"
    assert error.details[0].code == "InvalidPayload"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            {"resources": [{"type": WORKSPACE, "apiVersion": "2025-07-01", "name": "[uniqueStrin('a')]"}]},
            "Did you mean 'uniqueString'?",
        ),
        ({"resources": [{"type": WORKSPACE, "apiVersion": "2025-07-01", "name": "[concat('a'"}]}, "not provided"),
        (
            {"outputs": {}, "resources": [{"type": WORKSPACE, "apiVersion": "1", "name": "a", "dependsOn": ["b"]}]},
            "not defined in the template",
        ),
        ({"parameters": {"other": {"type": "string"}}}, "not present in the original template"),
    ],
)
def test_a_wrong_template_is_refused_in_words(deployments, azure_monitor, change, text):
    template = {**TEMPLATE, **change}
    sent = properties(azure_monitor, template)
    if text == "not provided":
        sent["properties"]["parameters"] = {}
    with pytest.raises(HttpResponseError) as caught:
        deployments.begin_create_or_update(GROUP, "wrong", sent)
    assert caught.value.error.code == "InvalidTemplate"
    assert text in caught.value.message


def test_a_body_as_azure_cli_sends_it_is_understood():
    body = '{"properties": {"mode": "Incremental", template: {\n// a comment\n"a": "http://x", /* b */ "c": [1,],\n}}}'
    assert read_document(body).value == {"properties": {"mode": "Incremental", "template": {"a": "http://x", "c": [1]}}}
