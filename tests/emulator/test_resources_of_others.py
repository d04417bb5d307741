"""Resources of services that are not emulated: kept as they were sent, with what their services would add."""

from __future__ import annotations

import pytest

from provisioner.package_data import load_facts
from tests.support.azure_rest import Rest

GROUP = "rg"
LINK = "hidden-link:/subscriptions/x/resourceGroups/rg/providers/Microsoft.Insights/components/ai"


@pytest.fixture
def rest(azure_monitor):
    client = Rest(azure_monitor)
    client.create_prerequisites()
    return client


def put_resource(rest, path, **body):
    reply = rest.arm("PUT", f"providers/{path}", {"location": "westeurope", **body})
    assert reply.status < 300, reply.body
    return reply.body


def test_what_a_service_adds_stays_the_same_and_gives_way_to_what_was_sent(rest):
    path = "Microsoft.Insights/components/ai"
    first = put_resource(rest, path, properties={"Application_Type": "web", "Name": "mine"})["properties"]
    assert first["Name"] == "mine"
    assert first["InstrumentationKey"] in first["ConnectionString"]
    assert put_resource(rest, path)["properties"]["AppId"] == first["AppId"]
    assert put_resource(rest, f"{path}2")["properties"]["AppId"] != first["AppId"]


def test_an_object_that_was_not_sent_is_not_made_up_inside_of_another(rest):
    path = "Microsoft.App/containerApps/app"
    assert (
        "ingress"
        not in put_resource(rest, path, properties={"configuration": {"secrets": []}})["properties"]["configuration"]
    )
    sent = {"configuration": {"ingress": {"external": True}}}
    assert put_resource(rest, path, properties=sent)["properties"]["configuration"]["ingress"]["fqdn"].startswith(
        "app."
    )


@pytest.mark.parametrize("resource_type", load_facts("service_values.yaml")["types"])
def test_every_value_that_a_service_adds_can_be_filled_in(rest, resource_type):
    facts = load_facts("service_values.yaml")["types"][resource_type]
    namespace, *types = resource_type.split("/")
    path = f"{namespace}/{'/'.join(f'{name}/one' for name in types)}"
    properties = put_resource(rest, path, properties={})["properties"]
    assert set(properties) >= set(facts.get("properties", {}))
    for action, answer in facts.get("actions", {}).items():
        given = rest.arm("POST", f"providers/{path}/{action.upper()}").body
        assert given.keys() == answer.keys()
        assert not any("{" + name in str(given) for name in ("name", "key", "parent", "guid"))


def test_the_keys_of_a_rule_that_comes_with_its_namespace(rest):
    put_resource(rest, "Microsoft.EventHub/namespaces/ns", properties={})
    rules = "providers/Microsoft.EventHub/namespaces/ns/authorizationRules"
    keys = rest.arm("POST", f"{rules}/RootManageSharedAccessKey/listKeys").body
    assert keys["primaryConnectionString"].startswith("Endpoint=sb://ns.servicebus.windows.net/;")
    assert rest.arm("POST", f"{rules}/other/listKeys").status == 404
    assert rest.arm("POST", f"{rules.replace('/ns/', '/none/')}/RootManageSharedAccessKey/listKeys").status == 404
    assert rest.arm("POST", f"{rules}/RootManageSharedAccessKey/regenerateKeys").status == 501


def test_resources_of_a_subscription_are_kept_too(rest):
    subscription = f"/subscriptions/{rest.azure.subscription}"
    path = f"{subscription}/providers/Microsoft.Consumption/budgets/b"
    assert rest.arm("GET", path).status == 404
    assert rest.arm("PUT", path, {"properties": {"amount": 1}}).status == 201
    assert rest.arm("GET", path).body["id"] == path
    assert [one["name"] for one in rest.arm("GET", path.rpartition("/")[0]).body["value"]] == ["b"]
    assert rest.arm("DELETE", path).status == 200
    workspace = f"{subscription}/{Rest.workspace}"
    assert rest.arm("PUT", workspace, {"location": "westeurope", "properties": {}}).status == 501
    setting = f"{subscription}/providers/Microsoft.Insights/diagnosticSettings/activity"
    workspace = rest.arm("GET", Rest.workspace).body["id"]
    logs = [{"category": "Administrative", "enabled": True}]
    assert rest.arm("PUT", setting, {"properties": {"workspaceId": workspace, "logs": logs}}).status == 200
    assert rest.arm("GET", setting).body["properties"]["logs"] == logs


def test_a_service_s_own_tag_may_hold_the_id_that_it_links(rest):
    assert put_resource(rest, "Microsoft.Insights/webtests/w", tags={LINK: "Resource"})["tags"] == {LINK: "Resource"}
    refused = rest.arm("PUT", "providers/Microsoft.Insights/webtests/w", {"tags": {"a/b": "c"}})
    assert refused.code == "InvalidTagNameCharacters"


def test_tags_that_are_no_texts_become_texts(rest):
    tags = {"_deployed_by_amba": True, "number": 5}
    assert put_resource(rest, "Microsoft.Insights/webtests/m", tags=tags)["tags"] == {
        "_deployed_by_amba": "true",
        "number": "5",
    }
    refused = rest.arm("PUT", "providers/Microsoft.Insights/webtests/m", {"tags": {"a": ["b"]}})
    assert refused.code == "InvalidRequestContent"


def test_a_role_of_another_service_can_be_assigned_and_grants_nothing(rest, azure_monitor):
    application = azure_monitor.control("PUT", "/emulator/applications/33333333-3333-3333-3333-333333333333")
    role = load_facts("roles.yaml")["others"]["Key Vault Secrets User"]
    put_resource(rest, "Microsoft.KeyVault/vaults/kv", properties={})
    [role_body] = rest.arm(
        "GET", "providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq 'Key Vault Secrets User'"
    ).body["value"]
    assert (role_body["name"], role_body["properties"]["permissions"][0]["actions"]) == (role, [])
    assignment = f"providers/Microsoft.KeyVault/vaults/kv/providers/Microsoft.Authorization/roleAssignments/{role}"
    properties = {"principalId": application["object_id"], "principalType": "ServicePrincipal"}
    properties["roleDefinitionId"] = role_body["id"]
    assert rest.arm("PUT", assignment, {"properties": properties}).status == 201
    other = Rest(azure_monitor)
    other.token(
        "https://management.azure.com",
        client_id="33333333-3333-3333-3333-333333333333",
        client_secret=application["secret"],
    )
    assert other.arm("GET", "providers/Microsoft.KeyVault/vaults/kv").code == "AuthorizationFailed"


SOURCES = [
    ({"iisLogs": [{"name": "s", "streams": ["Microsoft-W3CIISLog"]}]}, "Microsoft-W3CIISLog", 200),
    ({}, "Microsoft-W3CIISLog", 400),
    (
        {"performanceCounters": [
            {"name": "s", "streams": ["Microsoft-InsightsMetrics"], "samplingFrequencyInSeconds": 60,
             "counterSpecifiers": ["\\VmInsights\\DetailedMetrics"]}]},
        "Microsoft-InsightsMetrics",
        200,
    ),
    (
        {"platformTelemetry": [{"name": "s", "streams": ["Microsoft.KeyVault/vaults:Metrics-Group-All"]}]},
        "Microsoft.KeyVault/vaults:Metrics-Group-All",
        200,
    ),
    (
        {"extensions": [{"name": "s", "streams": ["Microsoft-ContainerInsights-Group-Default"],
                         "extensionName": "ContainerInsights"}]},
        "Microsoft-ContainerInsights-Group-Default",
        200,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sources", "stream", "status"), SOURCES)
def test_the_stream_of_a_data_source_has_its_table_without_a_solution(rest, sources, stream, status):
    workspace = rest.arm("GET", Rest.workspace).body["id"]
    properties = {
        "dataSources": sources,
        "destinations": {"logAnalytics": [{"name": "law", "workspaceResourceId": workspace}]},
        "dataFlows": [{"streams": [stream], "destinations": ["law"]}],
    }
    kind = {"kind": "PlatformTelemetry"} if "platformTelemetry" in sources else {}
    reply = rest.arm("PUT", Rest.rule, {"location": "westeurope", **kind, "properties": properties})
    assert reply.status == status, reply.body
