"""Templates as the Bicep compiler and people write them: deployed twice unchanged, compared, nested, at two scopes."""

from __future__ import annotations

import json
from contextlib import ExitStack

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.resource.deployments import DeploymentsMgmtClient
from azure.mgmt.resource.resources import ResourceManagementClient

from tests.support.paths import SHARED

GROUP = "rg-others"
CORPUS = SHARED / "corpus" / "templates"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
SUBSCRIPTION_SCHEMA = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
DEPLOYMENTS = "Microsoft.Resources/deployments"


def template(resources, schema=SCHEMA, **sections):
    return {"$schema": schema, "contentVersion": "1.0.0.0", "resources": resources, **sections}


def nested(name, inner, parameters=None, **members):
    return {
        "type": DEPLOYMENTS,
        "apiVersion": "2022-09-01",
        "name": name,
        **members,
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": parameters or {},
            "template": inner,
        },
    }


WORKSPACE = {
    "type": "Microsoft.OperationalInsights/workspaces",
    "apiVersion": "2025-07-01",
    "name": "law-inner",
    "location": "[resourceGroup().location]",
    "properties": {},
}
WITH_OUTPUTS = template(
    [WORKSPACE],
    outputs={
        "customerId": {"type": "string", "value": "[reference('law-inner', '2025-07-01').customerId]"},
        "key": {"type": "securestring", "value": "[listKeys('law-inner', '2025-07-01').primarySharedKey]"},
    },
)
OUTER = template(
    [
        nested("deploy-inner", WITH_OUTPUTS),
        nested(
            "deploy-second",
            template(
                [],
                parameters={"key": {"type": "securestring"}},
                outputs={"characters": {"type": "int", "value": "[length(parameters('key'))]"}},
            ),
            {
                "key": {
                    "value": "[listOutputsWithSecureValues(resourceId('Microsoft.Resources/deployments', "
                    "'deploy-inner'), '2025-04-01').key.value]"
                }
            },
            dependsOn=["[resourceId('Microsoft.Resources/deployments', 'deploy-inner')]"],
        ),
    ],
    outputs={
        "customerId": {
            "type": "string",
            "value": f"[reference(resourceId('{DEPLOYMENTS}', 'deploy-inner')).outputs.customerId.value]",
        },
        "characters": {
            "type": "int",
            "value": f"[reference(resourceId('{DEPLOYMENTS}', 'deploy-second')).outputs.characters.value]",
        },
    },
)
OF_SUBSCRIPTION = template(
    [
        {
            "type": "Microsoft.Resources/resourceGroups",
            "apiVersion": "2022-09-01",
            "name": "rg-made",
            "location": "[deployment().location]",
        },
        nested(
            "in-group",
            WITH_OUTPUTS,
            resourceGroup="rg-made",
            dependsOn=["[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg-made')]"],
        ),
    ],
    SUBSCRIPTION_SCHEMA,
    outputs={
        "group": {
            "type": "string",
            "value": "[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg-made')]",
        }
    },
)


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


def sent(content, parameters=None, **members):
    return {**members, "properties": {"mode": "Incremental", "template": content, "parameters": parameters or {}}}


def deploy(deployments, body, name="deploy"):
    return deployments.begin_create_or_update(GROUP, name, body).result().properties


def changes(deployments, body, name="deploy"):
    compared = deployments.begin_what_if(GROUP, name, body).result().changes
    return {change.resource_id.rpartition("/")[2]: change.change_type for change in compared}


def corpus_modules():
    for path in sorted(CORPUS.glob("*.json")) if CORPUS.is_dir() else []:
        if not path.name.endswith(".parameters.json"):
            yield pytest.param(path, id=path.stem)


def parameters_for(path, azure):
    file = path.with_suffix(".parameters.json")
    if file.exists():
        return json.loads(file.read_text(encoding="utf-8"))["parameters"]
    declared = json.loads(path.read_text(encoding="utf-8"))["parameters"]
    return {"principalId": {"value": azure.ready.object_id}} if "principalId" in declared else {}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of templates is not part of the published project")
@pytest.mark.parametrize("path", list(corpus_modules()))
def test_a_module_deploys_twice_unchanged_and_then_nothing_is_left_to_change(deployments, azure_monitor, path):
    body = sent(json.loads(path.read_text(encoding="utf-8")), parameters_for(path, azure_monitor))
    assert set(changes(deployments, body).values()) == {"Create"}
    first = deploy(deployments, body)
    assert first.provisioning_state == "Succeeded"
    assert set(changes(deployments, body).values()) == {"NoChange"}
    assert deploy(deployments, body).outputs == first.outputs
    assert set(changes(deployments, body).values()) == {"NoChange"}


def test_a_nested_deployment_has_a_record_whose_outputs_the_outer_template_reads(deployments):
    properties = deploy(deployments, sent(OUTER))
    record = deployments.get(GROUP, "deploy-inner").properties
    assert record.provisioning_state == "Succeeded"
    assert properties.outputs["customerId"]["value"] == record.outputs["customerId"]["value"]
    assert [resource.id.rpartition("/")[2] for resource in properties.output_resources] == ["law-inner"]


def test_a_secure_output_reaches_the_next_template_and_is_shown_nowhere(deployments):
    properties = deploy(deployments, sent(OUTER))
    assert properties.outputs["characters"]["value"] > 20
    record = deployments.get(GROUP, "deploy-inner").properties
    assert record.outputs["key"] == {"type": "SecureString"}
    assert deployments.get(GROUP, "deploy-second").properties.parameters == {"key": {"type": "SecureString"}}


def test_what_if_looks_into_nested_deployments_and_leaves_no_trace(deployments):
    assert changes(deployments, sent(OUTER)) == {"law-inner": "Create"}
    assert [*deployments.list_by_resource_group(GROUP)] == []
    deploy(deployments, sent(OUTER))
    assert changes(deployments, sent(OUTER)) == {"law-inner": "NoChange"}
    changed = json.loads(json.dumps(OUTER).replace('"properties": {}}', '"properties": {"retentionInDays": 90}}'))
    assert changes(deployments, sent(changed)) == {"law-inner": "Modify"}
    assert changes(deployments, sent(OUTER)) == {"law-inner": "NoChange"}


def test_a_deployment_to_a_subscription_makes_groups_and_what_lies_in_them(deployments):
    body = sent(OF_SUBSCRIPTION, location="westeurope")
    before = deployments.begin_what_if_at_subscription_scope("sub", body).result()
    assert [change.change_type for change in before.changes] == ["Create", "Create"]
    done = deployments.begin_create_or_update_at_subscription_scope("sub", body).result()
    assert done.properties.provisioning_state == "Succeeded"
    assert done.location == "westeurope"
    assert deployments.get("rg-made", "in-group").properties.outputs["key"] == {"type": "SecureString"}
    after = deployments.begin_what_if_at_subscription_scope("sub", body).result()
    assert [change.change_type for change in after.changes] == ["NoChange", "NoChange"]
    assert [record.name for record in deployments.list_at_subscription_scope()] == ["sub"]


@pytest.mark.parametrize("level", [1, 2])
def test_a_nested_deployment_to_a_subscription_needs_a_location(deployments, level):
    group = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2021-04-01",
        "name": "rg-n",
        "location": "eastus",
    }
    inner = nested("without", template([group], SUBSCRIPTION_SCHEMA))
    outer = inner if level == 1 else nested("with", template([inner], SUBSCRIPTION_SCHEMA), location="westeurope")
    body = sent(template([outer], SUBSCRIPTION_SCHEMA), location="westeurope")
    for ask in (
        deployments.begin_create_or_update_at_subscription_scope,
        deployments.begin_validate_at_subscription_scope,
        deployments.begin_what_if_at_subscription_scope,
    ):
        with pytest.raises(HttpResponseError, match="must be specified for 'without'") as caught:
            ask("sub-nested", body)
        assert caught.value.error.code == "InvalidDeployment"
    assert [record.name for record in deployments.list_at_subscription_scope() if record.name == "sub-nested"] == []


def test_a_deployment_to_a_subscription_needs_a_location_and_keeps_it(deployments):
    with pytest.raises(HttpResponseError, match="location"):
        deployments.begin_create_or_update_at_subscription_scope("sub", sent(OF_SUBSCRIPTION))
    deployments.begin_create_or_update_at_subscription_scope(
        "sub", sent(OF_SUBSCRIPTION, location="westeurope")
    ).result()
    with pytest.raises(HttpResponseError) as caught:
        deployments.begin_create_or_update_at_subscription_scope("sub", sent(OF_SUBSCRIPTION, location="northeurope"))
    assert caught.value.error.code == "InvalidDeploymentLocation"


def test_a_failure_inside_a_nested_deployment_is_told_at_every_level(deployments):
    bad = {**WORKSPACE, "properties": {"retentionInDays": 5}}
    with pytest.raises(HttpResponseError) as caught:
        deploy(deployments, sent(template([nested("inner-bad", template([bad]))])))
    assert caught.value.error.code == "DeploymentFailed"
    assert caught.value.error.details[0].code == "DeploymentFailed"
    assert deployments.get(GROUP, "inner-bad").properties.provisioning_state == "Failed"


def test_a_fault_in_a_template_is_placed_by_line_and_path(deployments):
    broken = template([{**WORKSPACE, "name": "[concat('a']"}])
    with pytest.raises(HttpResponseError) as caught:
        deployments.begin_create_or_update(GROUP, "broken", sent(broken))
    error = caught.value.error
    assert error.code == "InvalidTemplate"
    info = error.additional_info[0].info
    assert info["path"] == "properties.template.resources[0].name"
    assert info["lineNumber"] == 1


def test_a_resource_that_is_only_made_if_missing_is_left_as_it_is(deployments):
    def content(description, **options):
        endpoint = {
            **options,
            "type": "Microsoft.Insights/dataCollectionEndpoints",
            "apiVersion": "2023-03-11",
            "name": "dce",
            "location": "westeurope",
            "properties": {"description": description},
        }
        return {**template({"dce": endpoint}), "languageVersion": "2.0"}

    once = {"@options": {"onlyIfNotExists": []}}
    deploy(deployments, sent(content("first", **once)))
    assert changes(deployments, sent(content("second", **once))) == {"dce": "NoChange"}
    done = deploy(deployments, sent(content("second", **once)))
    assert [one.id.rpartition("/")[2] for one in done.output_resources] == ["dce"]
    assert changes(deployments, sent(content("first"))) == {"dce": "NoChange"}


@pytest.mark.parametrize(("codes", "is_tried_again"), [(["SchemaUpdateFatalError"], True), (["Other"], False)])
def test_an_error_that_is_to_be_tried_again_is(deployments, azure_monitor, codes, is_tried_again):
    table = {
        "@options": {"retryOn": [codes, 2]},
        "type": "Microsoft.OperationalInsights/workspaces/tables",
        "apiVersion": "2025-07-01",
        "name": "law-inner/Ops_CL",
        "properties": {"schema": {"name": "Ops_CL", "columns": [{"name": "TimeGenerated", "type": "dateTime"}]}},
        "dependsOn": ["law"],
    }
    azure_monitor.fault("failed_operation", code="SchemaUpdateFatalError", message="no", times=2, match="*/tables/*")
    body = sent({**template({"law": WORKSPACE, "table": table}), "languageVersion": "2.0"})
    if is_tried_again:
        assert deploy(deployments, body).provisioning_state == "Succeeded"
        return
    with pytest.raises(HttpResponseError, match="SchemaUpdateFatalError"):
        deploy(deployments, body)


def test_a_nested_deployment_that_waits_for_its_number_of_resources(deployments):
    endpoint = {
        "type": "Microsoft.Insights/dataCollectionEndpoints",
        "apiVersion": "2023-03-11",
        "name": "dce",
        "location": "westeurope",
        "properties": {},
    }
    loop = {
        "copy": {"name": "loop", "count": "[length(parameters('parts'))]"},
        "type": "Microsoft.Insights/actionGroups",
        "apiVersion": "2023-01-01",
        "name": "[concat('group-', copyIndex())]",
        "location": "global",
        "properties": {},
    }
    inner = template([loop], parameters={"parts": {"type": "array"}})
    parts = {"parts": {"value": "[take(split(reference('dce').logsIngestion.endpoint, ':'), 2)]"}}
    body = sent(template([endpoint, nested("counted", inner, parts, dependsOn=["dce"])]))
    assert changes(deployments, body) == {"dce": "Create", "counted": "Unsupported"}
    deploy(deployments, body)
    assert set(changes(deployments, body).values()) == {"NoChange"}


def test_what_is_new_in_an_existing_resource_and_not_known_yet_is_shown_as_it_is_written(deployments):
    group = {
        "type": "Microsoft.Insights/actionGroups",
        "apiVersion": "2023-01-01",
        "name": "group",
        "location": "global",
        "properties": {},
    }
    deploy(deployments, sent(template([group])))
    receiver = {"name": "r", "serviceUri": "[reference('law-inner').customerId]"}
    changed = {**group, "properties": {"webhookReceivers": [receiver]}, "dependsOn": ["law-inner"]}
    body = sent(template([WORKSPACE, changed]))
    assert changes(deployments, body) == {"law-inner": "Create", "group": "Modify"}
    deploy(deployments, body)
    assert set(changes(deployments, body).values()) == {"NoChange"}
