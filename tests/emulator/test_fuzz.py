"""Nonsense of any kind is answered, in Azure's envelope, and never with 500."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.emulator.http.request import Principal, Request
from provisioner.emulator.http.response import ApiError
from provisioner.emulator.process import ServerOptions, build_state
from provisioner.emulator.routes import ROUTES

NAMES = [
    "subscriptions",
    "resourceGroups",
    "providers",
    "Microsoft.Insights",
    "tables",
    "{x}",
    "law1",
    "rg",
    "é",
    "a" * 300,
    "..",
    "%",
    " ",
    "0",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["properties", "location", "tags", "schema", "columns", "name", "query", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
BODIES = st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode())
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    state = build_state(ServerOptions(tmp_path_factory.mktemp("fuzz")))
    yield state
    state.store.close()


def answer(state, method, path, query, body):
    principal = Principal(state.identity.object_id, state.identity.client_id)
    audience = "https://monitor.azure.com" if "/streams/" in path else "https://127.0.0.1:1"
    token = state.tokens.issue("https://x:1", principal, audience, 600)
    request = Request(
        state,
        method,
        path,
        query,
        {"Authorization": f"Bearer {token}"},
        body,
        "https://x:1",
        api_version=query.get("api-version", ""),
    )
    try:
        return state.application.handle(request, state.application.route_and_authorize(request))
    except ApiError as error:
        return error.to_response()


def check(reply):
    assert (
        reply.status < 500 or reply.status == 501 or reply.body == {"error": {"message": "The request body is empty."}}
    ), reply.body
    content = reply.encode_body()
    if reply.status >= 400 and content:
        error = json.loads(content)["error"]
        assert isinstance(error, str) or error["message"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"]),
    segments=st.lists(st.sampled_from(NAMES) | st.text(max_size=5), max_size=10),
    body=BODIES,
    version=st.sampled_from(["", "2024-03-11", "2025-07-01", "x"]),
)
def test_any_path_is_answered(state, method, segments, body, version):
    check(answer(state, method, "/" + "/".join(segments), {"api-version": version}, body))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from([route for route in ROUTES if "stop" not in route.pattern]),
    name=st.sampled_from(["law1", "T_CL", "Syslog", "x", "é" * 70, "8a1a5f0e-3a52-4e28-8a8b-1f0f4f8e6f11"]),
    body=BODIES,
    query=st.dictionaries(
        st.sampled_from(["timespan", "$filter", "metricnames", "force", "query"]), st.text(max_size=12), max_size=2
    ),
)
def test_any_body_on_any_route_is_answered(state, route, name, body, query):
    path = (
        route.pattern.replace("{subscription}", SUBSCRIPTION)
        .replace("{group}", "rg")
        .replace("{tenant}", state.identity.tenant)
    )
    for part in (
        "workspace",
        "table",
        "name",
        "deployment",
        "operation",
        "rule",
        "stream",
        "host",
        "workspace_id",
        "namespace",
        "region",
        "client_id",
    ):
        path = path.replace(f"{{{part}}}", name)
    path = path.replace("{scope}", f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg")
    answer(
        state,
        "PUT",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg",
        {"api-version": "2022-09-01"},
        b'{"location": "westeurope"}',
    )
    versions = {
        "Microsoft.Insights": "2024-03-11",
        "Microsoft.OperationalInsights": "2025-07-01",
        "/query": "2017-10-01",
    }
    version = next((listed for part, listed in versions.items() if part in path), "2022-04-01")
    check(answer(state, route.method, path, {"api-version": version, **query}, body))


LAW = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law1"
# A lock or a policy must not shut the other requests out.
ALLOWED_LOCATIONS = "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c"
OTHER_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-other"
INSIGHTS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Insights"
TIME = [{"name": "TimeGenerated", "type": "datetime"}]
FLOW = {"streams": ["Custom-T"], "destinations": ["law"], "transformKql": "source", "outputStream": "Custom-T_CL"}
RULE = {
    "location": "westeurope",
    "kind": "Direct",
    "tags": {"a": "b"},
    "identity": {"type": "SystemAssigned"},
    "properties": {
        "description": "d",
        "dataCollectionEndpointId": f"{INSIGHTS}/dataCollectionEndpoints/dce1",
        "streamDeclarations": {"Custom-T": {"columns": TIME}},
        "dataSources": {
            "syslog": [{"name": "s", "streams": ["Microsoft-Syslog"], "facilityNames": ["a"], "logLevels": ["b"]}]
        },
        "destinations": {
            "logAnalytics": [{"name": "law", "workspaceResourceId": LAW}],
            "azureMonitorMetrics": {"name": "m"},
        },
        "dataFlows": [FLOW],
    },
}
TEMPLATE = {
    "$schema": "s",
    "contentVersion": "1",
    "parameters": {"p": {"type": "string", "defaultValue": "x", "allowedValues": ["x"], "minLength": 1}},
    "variables": {"v": "[parameters('p')]"},
    "resources": [
        {
            "type": "Microsoft.Insights/actionGroups",
            "apiVersion": "2022-06-01",
            "name": "[variables('v')]",
            "location": "global",
            "condition": True,
            "dependsOn": [],
            "properties": {"a": "[concat('a', 'b')]"},
        }
    ],
    "outputs": {"o": {"type": "string", "value": "[reference('x').a]"}},
}
VALID = [
    (
        "PUT",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg",
        "2022-09-01",
        {"location": "westeurope", "tags": {"a": "b"}},
    ),
    (
        "PUT",
        LAW,
        "2025-07-01",
        {
            "location": "westeurope",
            "tags": {},
            "properties": {
                "sku": {"name": "PerGB2018"},
                "retentionInDays": 30,
                "features": {"x": True},
                "workspaceCapping": {"dailyQuotaGb": 1},
                "publicNetworkAccessForQuery": "Enabled",
            },
        },
    ),
    (
        "PATCH",
        LAW,
        "2025-07-01",
        {"tags": {"a": "b"}, "properties": {"retentionInDays": 40, "workspaceCapping": {"dailyQuotaGb": -1}}},
    ),
    (
        "PUT",
        f"{LAW}/tables/T_CL",
        "2025-07-01",
        {
            "properties": {
                "plan": "Analytics",
                "retentionInDays": 30,
                "totalRetentionInDays": 30,
                "schema": {
                    "name": "T_CL",
                    "description": "d",
                    "displayName": "d",
                    "columns": [{"name": "TimeGenerated", "type": "dateTime", "description": "x"}],
                },
            }
        },
    ),
    (
        "PATCH",
        f"{LAW}/tables/T_CL",
        "2025-07-01",
        {"properties": {"schema": {"name": "T_CL", "columns": [{"name": "More", "type": "int"}]}}},
    ),
    (
        "PUT",
        f"{INSIGHTS}/dataCollectionEndpoints/dce1",
        "2024-03-11",
        {
            "location": "westeurope",
            "kind": "Linux",
            "tags": {"a": "b"},
            "properties": {"description": "d", "networkAcls": {"publicNetworkAccess": "Enabled"}},
        },
    ),
    (
        "PATCH",
        f"{INSIGHTS}/dataCollectionEndpoints/dce1",
        "2024-03-11",
        {"tags": {"a": "b"}, "identity": {"type": "None"}},
    ),
    ("PUT", f"{INSIGHTS}/dataCollectionRules/dcr1", "2024-03-11", RULE),
    (
        "PUT",
        f"{INSIGHTS}/dataCollectionRules/dcr1/providers/Microsoft.Authorization/roleAssignments/8a1a5f0e-3a52-4e28-8a8b-1f0f4f8e6f11",
        "2022-04-01",
        {
            "properties": {
                "principalId": "7d3ad8a1-9b5f-4b8b-a1a8-50d4c6f4a001",
                "principalType": "User",
                "condition": None,
                "roleDefinitionId": "/x/3913510d-42f4-4e42-8a64-420c390055eb",
            }
        },
    ),
    ("PUT", f"{INSIGHTS}/actionGroups/ag1", "2022-06-01", {"location": "global", "properties": {"a": [1]}}),
    (
        "PUT",
        f"{OTHER_GROUP}/providers/Microsoft.Authorization/locks/l1",
        "2020-05-01",
        {"properties": {"level": "CanNotDelete"}},
    ),
    (
        "PATCH",
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Resources/tags/default",
        "2021-04-01",
        {"operation": "Merge", "properties": {"tags": {"a": "b"}}},
    ),
    (
        "PUT",
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions/p1",
        "2023-04-01",
        {
            "properties": {
                "mode": "All",
                "parameters": {"a": {"type": "String", "defaultValue": "x"}},
                "policyRule": {
                    "if": {
                        "allOf": [
                            {"field": "type", "equals": "[parameters('a')]"},
                            {"not": {"field": "tags.x", "exists": "true"}},
                        ]
                    },
                    "then": {"effect": "deny"},
                },
            }
        },
    ),
    (
        "PUT",
        f"{OTHER_GROUP}/providers/Microsoft.Authorization/policyAssignments/a1",
        "2023-04-01",
        {
            "properties": {
                "policyDefinitionId": ALLOWED_LOCATIONS,
                "parameters": {"listOfAllowedLocations": {"value": ["westeurope"]}},
                "enforcementMode": "DoNotEnforce",
                "notScopes": [],
            }
        },
    ),
    (
        "POST",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Resources/deployments/d1/validate",
        "2025-04-01",
        {"properties": {"mode": "Incremental", "parameters": {"p": {"value": "x"}}, "template": TEMPLATE}},
    ),
    (
        "POST",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Resources/deployments/d1/whatIf",
        "2025-04-01",
        {
            "properties": {
                "mode": "Complete",
                "template": TEMPLATE,
                "whatIfSettings": {"resultFormat": "ResourceIdOnly"},
            }
        },
    ),
    ("POST", f"{LAW}/query", "2017-10-01", {"query": "T_CL | take 1", "timespan": "PT1H", "workspaces": [LAW]}),
    (
        "POST",
        "/v1/$batch",
        "",
        {"requests": [{"id": "1", "workspace": "x", "headers": {"a": "b"}, "body": {"query": "T_CL"}}]},
    ),
    (
        "POST",
        "/emulator/faults",
        "",
        {"seed": 1, "faults": [{"fault": "latency", "milliseconds": 0, "times": 1, "probability": 0.5, "match": "x"}]},
    ),
    (
        "PUT",
        "/emulator/applications/7d3ad8a1-9b5f-4b8b-a1a8-50d4c6f4a001",
        "",
        {"object_id": "x", "secret": "s", "certificates": ["x"], "federations": [{"issuer": "i"}]},
    ),
]
JUNK = st.sampled_from([None, True, 0, -1, 1e9, "", "x", "[", "[foo()]", [], [None], [[]], {}, {"": None}, {"x": {}}])


def paths(value, path=()):
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in members:
        yield from paths(inner, (*path, key))


def replaced(value, path, junk):
    if not path:
        return junk
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = replaced(value[path[0]], path[1:], junk)
    return copied


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_right_body_with_one_wrong_member_is_answered(state, data):
    state.faults.clear()
    for method, path, version, body in VALID[:6]:
        if method == "PUT" and state.store.get(path) is None:
            answer(state, method, path, {"api-version": version}, json.dumps(body).encode())
    method, path, version, body = data.draw(st.sampled_from(VALID))
    member_path = data.draw(st.sampled_from(list(paths(body))))
    changed = replaced(body, member_path, data.draw(JUNK))
    check(answer(state, method, path, {"api-version": version}, json.dumps(changed).encode()))


def test_the_right_bodies_are_right(tmp_path):
    state = build_state(ServerOptions(tmp_path))
    for method, path, version, body in VALID:
        reply = answer(state, method, path, {"api-version": version}, json.dumps(body).encode())
        while "InvalidOutputTable" in reply.encode_body().decode():  # the table is still being made
            reply = answer(state, method, path, {"api-version": version}, json.dumps(body).encode())
        assert reply.status < 400 or "/query" in path, (path, reply.body)
    state.store.close()
