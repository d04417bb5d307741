"""A plan carried out: the resolver answers while deploying, and everything is known in the end."""

from __future__ import annotations

import json

import pytest

from provisioner.template import (
    Deferred,
    DeploymentScope,
    Document,
    Evaluation,
    NothingDeployed,
    TemplateError,
    parameter_values,
    plan_deployment,
    read_document,
    read_parameter_file,
    unknowns_in,
)
from tests.support.paths import SHARED

SCOPE = DeploymentScope("6f9619ff-8b86-d011-b42d-00c04fc964ff", "rg-shop", tenant="T")
HEAD = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
}
TEMPLATES = SHARED / "corpus" / "templates"


class Cloud(NothingDeployed):
    """Keeps what is deployed and answers for it; what is not there yet is deferred."""

    def __init__(self):
        super().__init__("westeurope")
        object.__setattr__(self, "resources", {})
        object.__setattr__(self, "asked", [])

    def reference(self, target, *, full):
        self.asked.append(("reference", target))
        body = self.resources.get(target.id.lower())
        if body is None:
            return Deferred(target.id, (target.id,))
        return body if full else body["properties"]

    def list_action(self, name, target, body):
        self.asked.append((name, target))
        if target.id.lower() not in self.resources:
            return Deferred(target.id, (target.id,))
        return {"primarySharedKey": "the key", "keys": [{"value": "the key"}], "given": body}

    def secret(self, vault, name, version):
        return f"{vault.rpartition('/')[2]}:{name}:{version}"


def deploy(plan, cloud):
    """Each resource when it is its turn, as one who deploys does it; the outputs in the end."""
    for instance in plan.instances:
        assert all(key in {other.key for other in plan.instances} for key in instance.dependencies)
        if not instance.deployed:
            continue
        body = plan.body(instance, cloud)
        assert not list(unknowns_in(body)), (instance.key, body)
        inner = plan.nested(instance, cloud)
        if inner is not None:
            outputs = {
                name: {"type": output.type, "value": output.value} for name, output in deploy(inner, cloud).items()
            }
            body = {"properties": {"outputs": outputs}}
        live = {"immutableId": f"dcr-{instance.name}", "customerId": "c", "logsIngestion": {"endpoint": "https://e"}}
        cloud.resources[instance.id.lower()] = {**body, "properties": {**body.get("properties", {}), **live}}
    return plan.outputs(cloud)


def small(**sections):
    return Document({**HEAD, "languageVersion": "2.0", "resources": {}, **sections})


@pytest.mark.skipif(not TEMPLATES.exists(), reason="the published templates lie beside the checkout only")
@pytest.mark.parametrize(
    "name", [path.name for path in sorted(TEMPLATES.glob("*.json")) if ".parameters." not in path.name]
)
def test_a_published_template_deploys_in_order_and_again_to_the_same(name):
    document = read_document((TEMPLATES / name).read_text())
    beside = TEMPLATES / name.replace(".json", ".parameters.json")
    missing = [key for key, value in document.value["parameters"].items() if "defaultValue" not in value]
    parameters = (
        read_parameter_file(beside.read_text()) if beside.exists() else parameter_values(dict.fromkeys(missing, "p"))
    )
    cloud = Cloud()

    def run():
        plan = plan_deployment(document, SCOPE, parameters=parameters, evaluation=Evaluation(resolver=cloud))
        return [instance.id for instance in plan.walk()], deploy(plan, cloud)

    first_ids, first = run()
    deployed = json.dumps(cloud.resources)
    again_ids, again = run()
    assert (first_ids, json.dumps(cloud.resources)) == (again_ids, deployed)
    assert {key: output.value for key, output in first.items()} == {key: output.value for key, output in again.items()}
    assert not [key for key, output in first.items() if list(unknowns_in(output.value))]
    assert "the key" not in json.dumps([output.json() for output in first.values() if output.secure])


def test_what_waits_for_another_resource_is_known_when_it_is_its_turn():
    resources = {
        "a": {"type": "Microsoft.X/a", "apiVersion": "2020", "name": "a"},
        "b": {
            "type": "Microsoft.X/b",
            "apiVersion": "1",
            "name": "b",
            "properties": {
                "id": "[reference('a').immutableId]",
                "whole": "[reference('a', '2021', 'Full').properties.customerId]",
                "key": "[listKeys('a', '2022', createObject('x', 1)).given.x]",
            },
        },
    }
    cloud = Cloud()
    plan = plan_deployment(small(resources=resources), SCOPE, evaluation=Evaluation(resolver=cloud))
    waiting = plan.instances[1].body["properties"]
    assert waiting["id"] == Deferred("[reference('a').immutableId]", (plan.instances[0].id,))
    cloud.asked.clear()
    deploy(plan, cloud)
    assert [(name, target.api_version, target.symbolic_name) for name, target in cloud.asked] == [
        ("reference", "2020", "a"),
        ("reference", "2021", "a"),
        ("listKeys", "2022", "a"),
    ]
    assert cloud.resources[plan.instances[1].id.lower()]["properties"] == {
        "id": "dcr-a",
        "whole": "c",
        "key": 1,
        "immutableId": "dcr-b",
        "customerId": "c",
        "logsIngestion": {"endpoint": "https://e"},
    }


def test_a_nested_deployment_is_handed_what_was_deployed_before_it():
    inner = {
        **HEAD,
        "parameters": {"id": {"type": "string"}},
        "resources": [{"type": "Microsoft.X/c", "apiVersion": "1", "name": "[parameters('id')]"}],
        "outputs": {"name": {"type": "string", "value": "[parameters('id')]"}},
    }
    resources = {
        "a": {"type": "Microsoft.X/a", "apiVersion": "1", "name": "a"},
        "m": {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "1",
            "name": "m",
            "properties": {
                "mode": "Incremental",
                "expressionEvaluationOptions": {"scope": "inner"},
                "parameters": {"id": {"value": "[reference('a').immutableId]"}},
                "template": inner,
            },
        },
    }
    outputs = {"name": {"type": "string", "value": "[reference('m').outputs.name.value]"}}
    cloud = Cloud()
    plan = plan_deployment(small(resources=resources, outputs=outputs), SCOPE, evaluation=Evaluation(resolver=cloud))
    assert isinstance(next(iter(plan.nested(plan.instances[1]).walk())).name, Deferred)
    assert deploy(plan, cloud)["name"].value == "dcr-a"
    assert f"{SCOPE.id}/providers/Microsoft.X/c/dcr-a".lower() in cloud.resources


def test_an_output_that_stays_unknown_is_azures_error():
    outputs = {"x": {"type": "string", "value": "[reference('/subscriptions/S/none', '1').y]"}}
    plan = plan_deployment(small(outputs=outputs), SCOPE)
    with pytest.raises(TemplateError) as caught:
        plan.outputs(Cloud())
    assert caught.value.code == "DeploymentOutputEvaluationFailed"
    assert "Unable to evaluate template outputs: 'x'" in caught.value.message


def test_a_fault_found_while_deploying_has_its_place_too():
    resources = {"a": {"type": "Microsoft.X/a", "apiVersion": "1", "name": "a"}}
    resources["b"] = {**resources["a"], "name": "b", "properties": {"x": "[reference('a').noSuchThing]"}}
    text = json.dumps({**HEAD, "languageVersion": "2.0", "resources": resources}, indent=1)
    cloud = Cloud()
    plan = plan_deployment(read_document(text), SCOPE, evaluation=Evaluation(resolver=cloud))
    with pytest.raises(TemplateError) as caught:
        deploy(plan, cloud)
    lines = text.split("\n")
    assert "noSuchThing" in lines[caught.value.line - 1]
    assert caught.value.path == ["resources", "b", "properties", "x"]
    assert "available properties are 'immutableId, customerId, logsIngestion'" in caught.value.message


def test_a_template_inside_a_request_has_its_places_in_the_request():
    body = {"properties": {"mode": "Incremental", "template": {**HEAD, "resources": [], "outputs": {"a": 5}}}}
    text = json.dumps(body)
    document = Document(body["properties"]["template"], text, ("properties", "template"))
    with pytest.raises(TemplateError) as caught:
        plan_deployment(document, SCOPE)
    assert caught.value.column == text.index("5}") + 1
    assert caught.value.path == ["properties", "template", "outputs", "a"]


def test_a_secret_of_a_vault_is_asked_for():
    reference = {"keyVault": {"id": "/subscriptions/S/vaults/kv"}, "secretName": "s", "secretVersion": "v1"}
    document = small(
        parameters={"p": {"type": "secureString"}},
        outputs={"o": {"type": "string", "value": "[parameters('p')]"}},
    )
    plan = plan_deployment(
        document, SCOPE, parameters={"p": {"reference": reference}}, evaluation=Evaluation(resolver=Cloud())
    )
    assert plan.outputs()["o"].value == "kv:s:v1"


def test_times_and_new_guids_are_those_of_the_evaluation():
    import datetime as dt

    parameters = {
        "t": {"type": "string", "defaultValue": "[utcNow()]"},
        "d": {"type": "string", "defaultValue": "[utcNow('d')]"},
        "g": {"type": "string", "defaultValue": "[newGuid()]"},
    }
    evaluation = Evaluation(now=lambda: dt.datetime(2019, 3, 5, 17, 53, 18, tzinfo=dt.UTC), new_guid=lambda: "g-1")
    plan = plan_deployment(small(parameters=parameters), SCOPE, evaluation=evaluation)
    assert [parameter.value for parameter in plan.parameters] == ["20190305T175318Z", "03/05/2019", "g-1"]


def test_the_deployment_and_the_deployer_are_those_of_the_evaluation():
    outputs = {
        "name": {"type": "string", "value": "[deployment().name]"},
        "version": {"type": "string", "value": "[deployment().properties.template.contentVersion]"},
        "who": {"type": "string", "value": "[deployer().objectId]"},
    }
    evaluation = Evaluation(deployer={"objectId": "me"})
    plan = plan_deployment(small(outputs=outputs), SCOPE, name="main", evaluation=evaluation)
    assert {name: output.value for name, output in plan.outputs().items()} == {
        "name": "main",
        "version": "1.0.0.0",
        "who": "me",
    }


def test_a_deployment_to_a_subscription_has_a_location_and_its_nested_ones_have_theirs():
    schema = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
    outputs = {"where": {"type": "string", "value": "[deployment().location]"}}
    inner = {**HEAD, "$schema": schema, "resources": [], "outputs": outputs}
    nested = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "1",
        "name": "m",
        "location": "[concat(deployment().location, '2')]",
        "properties": {"expressionEvaluationOptions": {"scope": "inner"}, "template": inner},
    }
    document = Document({**HEAD, "$schema": schema, "resources": [nested], "outputs": outputs})
    plan = plan_deployment(document, DeploymentScope("S"), location="eastus")
    assert plan.outputs()["where"].value == "eastus"
    assert plan.nested(plan.instances[0]).outputs()["where"].value == "eastus2"


def test_an_import_reads_what_it_can_and_names_what_is_missing():
    template = {
        "parameters": {"workspace": {"type": "string"}, "location": {"type": "string"}},
        "variables": {"name": "[concat('dcr-', parameters('workspace'))]", "broken": "[noSuch()]"},
        "resources": [
            {
                "type": "Microsoft.X/rules",
                "name": "[variables('name')]",
                "location": "[parameters('location')]",
                "dependsOn": ["not there"],
                "condition": "[equals(parameters('workspace'), 'x')]",
                "properties": {"text": "[not an expression, a text]", "broken": "[variables('broken')]"},
            },
            {"comments": "no type"},
        ],
    }
    plan = plan_deployment(
        template,
        SCOPE,
        parameters=parameter_values({"Location": "here", "other": 1}),
        evaluation=Evaluation(allow_unresolved=True),
    )
    (rule,) = plan.walk()
    assert (rule.name.text, rule.name.name) == ("dcr-{{workspace}}", "workspace")
    assert rule.body["location"] == "here"
    assert rule.body["properties"]["text"] == "[not an expression, a text]"
    assert rule.body["properties"]["broken"].name == "noSuch()"
    assert rule.condition.name == "workspace"
