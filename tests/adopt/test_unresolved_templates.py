"""Templates that leave values to their deployer: what is certain all the same is imported, the rest is said by name."""

from __future__ import annotations

import json

import pytest

from provisioner.adopt import ImportOptions, from_arm
from provisioner.errors import BadRequestFile

GROUP_ID = "/subscriptions/6f9619ff-8b86-4d01-b42d-00c04fc964ff/resourceGroups/rg"
COLUMNS = [{"name": "TimeGenerated", "type": "datetime"}, {"name": "Tag", "type": "string"}]
TABLE = {
    "type": "Microsoft.OperationalInsights/workspaces/tables",
    "apiVersion": "2022-10-01",
    "name": "law-x/Ops_CL",
    "properties": {"schema": {"name": "Ops_CL", "columns": COLUMNS}},
}


def rule(destination="la", flow_destination=None, stream="Custom-Ops_CL", transform="source"):
    workspace = f"{GROUP_ID}/providers/Microsoft.OperationalInsights/workspaces/law"
    return {
        "type": "Microsoft.Insights/dataCollectionRules",
        "apiVersion": "2023-03-11",
        "name": "dcr-ops",
        "location": "westeurope",
        "kind": "Direct",
        "properties": {
            "streamDeclarations": {stream: {"columns": COLUMNS}},
            "destinations": {"logAnalytics": [{"name": destination, "workspaceResourceId": workspace}]},
            "dataFlows": [
                {
                    "streams": [stream],
                    "destinations": [flow_destination or destination],
                    "transformKql": transform,
                    "outputStream": stream if stream.startswith("[") else "Custom-Ops_CL",
                }
            ],
        },
    }


def template(*resources, **sections):
    return {"$schema": "x", "contentVersion": "1.0.0.0", "resources": [TABLE, *resources], **sections}


def imported(tmp_path, content, **parameters):
    file = tmp_path / "template.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return from_arm([file], ImportOptions(parameters=parameters))


def warnings(result):
    return [diagnostic.message for diagnostic in result.diagnostics if diagnostic.severity == "warning"]


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("[parameters('label')]", id="jcoliz/AzDeploy.Bicep datacollectionrule.bicep (logs.name)"),
        pytest.param("[split(parameters('workspace'), '/')[8]]", id="AzureMonitorStarterPacks monstar.json"),
        pytest.param("[concat('la-', uniqueString(parameters('workspace')))]", id="unique name of a destination"),
        pytest.param("[variables('friendly')]", id="the same through a variable"),
    ],
)
def test_a_flow_and_a_destination_of_one_expression_belong_together_whatever_its_value(tmp_path, expression):
    content = template(
        rule(expression),
        parameters={"label": {"type": "string"}, "workspace": {"type": "string"}},
        variables={"friendly": "[split(parameters('workspace'), '/')[8]]"},
    )
    result = imported(tmp_path, content)
    assert result.fields["streams"] == {"Custom-Ops_CL": "Ops_CL"}
    assert warnings(result) == []


def two_destinations(flow_destination):
    content = rule("[parameters('one')]", flow_destination)
    content["properties"]["destinations"]["azureMonitorMetrics"] = {"name": "[parameters('two')]"}
    return template(content, parameters={name: {"type": "string"} for name in ("one", "two", "three")})


def test_of_two_open_destinations_the_one_of_the_same_expression_is_meant(tmp_path):
    assert "streams" in imported(tmp_path, two_destinations("[parameters('one')]")).fields
    [skipped] = imported(tmp_path, two_destinations("[parameters('two')]")).skipped
    assert "no Log Analytics workspace" in skipped.reason


def test_where_the_target_is_not_certain_the_parameter_to_give_is_named(tmp_path):
    result = imported(tmp_path, two_destinations("[parameters('three')]"))
    assert "streams" not in result.fields
    [message] = warnings(result)
    assert "the parameter three has no value in the source: give it with --parameter three=VALUE" in message


def test_a_stream_named_by_a_parameter_asks_for_it(tmp_path):
    """As dcr-template-direct.json of criblio/Cribl-Microsoft and AVM data-collection-rule name their streams."""
    content = template(
        rule(stream="[variables('stream')]"),
        parameters={"table": {"type": "string"}},
        variables={"stream": "[concat('Custom-', parameters('table'), '_CL')]"},
    )
    result = imported(tmp_path, content)
    assert [message for message in warnings(result) if "--parameter table=VALUE" in message]
    assert imported(tmp_path, content, table="Ops").fields["streams"] == {"Custom-Ops_CL": "Ops_CL"}


def nested(argument, **outer):
    deployment = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "m",
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {"kql": argument},
            "template": template(rule(transform="[parameters('kql')]"), parameters={"kql": {"type": "string"}}),
        },
    }
    return {"$schema": "x", "contentVersion": "1.0.0.0", "resources": [deployment], "parameters": outer}


CHOICE = (
    "[if(parameters('on'), createObject('value', parameters('kql')), "
    "createObject('value', 'source | where Tag == ''x'''))]"
)


@pytest.mark.parametrize(
    ("on", "transform"), [(True, "source | where Tag != ''"), (False, "source | where Tag == 'x'")]
)
def test_a_nested_parameter_may_be_an_expression_of_the_outer_template(tmp_path, on, transform):
    """Bicep compiles a conditional argument so, with equal names inside and outside: AVM ptn/sa/*/main.json."""
    content = nested(
        CHOICE,
        on={"type": "bool", "defaultValue": on},
        kql={"type": "string", "defaultValue": "source | where Tag != ''"},
    )
    stream = imported(tmp_path, content).fields["streams"]["Custom-Ops_CL"]
    assert " ".join(stream["transform"].split()) == transform


def test_a_nested_parameter_without_a_value_is_an_open_value_and_said(tmp_path):
    content = nested("[if(parameters('on'), createObject('value', 'source'), null())]", on={"type": "bool"})
    [message] = warnings(imported(tmp_path, content))
    assert "transformKql is left out" in message


def test_variables_in_a_circle_are_refused_with_their_chain_and_place(tmp_path):
    content = template(rule(), variables={"a": "[variables('b')]", "b": "[variables('a')]"})
    with pytest.raises(BadRequestFile, match=r"template\.json:1:\d+: .*circular dependency detected: a -> b -> a"):
        imported(tmp_path, content)
