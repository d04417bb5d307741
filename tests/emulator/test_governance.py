"""Locks, policies, tags and what else stands around resources, as clients of Azure find it."""

from __future__ import annotations

import pytest

from provisioner.emulator.arm.policy_rules import check_rule, holds
from provisioner.emulator.http.response import ApiError
from tests.support.azure_rest import Rest

AUTHORIZATION = "/providers/Microsoft.Authorization"
AT_GROUP = AUTHORIZATION.strip("/")
ALLOWED_LOCATIONS = f"{AUTHORIZATION}/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c"
REQUIRE_TAG = f"{AUTHORIZATION}/policyDefinitions/871b6d14-10aa-478d-b590-94f262ecfa99"


@pytest.fixture
def rest(azure_monitor):
    caller = Rest(azure_monitor)
    caller.create_prerequisites()
    return caller


def lock(rest, scope, level):
    path = f"{scope}{AUTHORIZATION}/locks/keep".lstrip("/")
    return rest.arm("PUT", path, {"properties": {"level": level, "notes": "ours"}})


def test_a_locked_workspace_is_changed_and_not_deleted(rest):
    assert lock(rest, Rest.workspace, "CanNotDelete").status == 201
    assert lock(rest, Rest.workspace, "cannotdelete").body["properties"] == {"level": "CanNotDelete", "notes": "ours"}
    refused = rest.arm("DELETE", Rest.workspace)
    assert (refused.status, refused.code) == (409, "ScopeLocked")
    assert "cannot perform delete operation because following scope(s) are locked" in refused.message
    assert rest.arm("DELETE", f"{Rest.workspace}/tables/T_CL").code == "ScopeLocked"
    assert rest.arm("DELETE", "").code == "ScopeLocked"
    assert rest.arm("PATCH", Rest.workspace, {"properties": {"retentionInDays": 60}}).status == 200
    assert rest.arm("DELETE", f"{Rest.workspace}{AUTHORIZATION}/locks/keep").status == 200
    assert rest.arm("DELETE", Rest.workspace).status in {200, 202}


def test_a_read_only_group_takes_no_write_and_can_be_asked(rest):
    lock(rest, "", "ReadOnly")
    assert rest.arm("PATCH", Rest.workspace, {"properties": {}}).code == "ScopeLocked"
    assert rest.arm("POST", f"{Rest.workspace}/sharedKeys").code == "ScopeLocked"
    assert rest.arm("GET", Rest.workspace).status == 200
    assert rest.arm("DELETE", f"{AT_GROUP}/locks/keep").status == 200


def test_locks_are_listed_at_a_scope_and_below_or_above_it(rest):
    lock(rest, Rest.workspace, "CanNotDelete")
    assert len(rest.arm("GET", f"{AT_GROUP}/locks").body["value"]) == 1
    assert rest.arm("GET", f"{AT_GROUP}/locks?$filter=atScope()").body["value"] == []
    assert len(rest.arm("GET", f"{Rest.workspace}/tables/T_CL{AUTHORIZATION}/locks").body["value"]) == 1
    assert rest.arm("GET", f"{AT_GROUP}/locks/none").code == "LockNotFound"
    assert lock(rest, "", "Soft").code == "InvalidLockLevel"


def assign(rest, definition, values, name="only-here", **properties):
    parameters = {parameter: {"value": value} for parameter, value in values.items()}
    body = {"properties": {"policyDefinitionId": definition, "parameters": parameters, **properties}}
    return rest.arm("PUT", f"{AT_GROUP}/policyAssignments/{name}", body)


ENDPOINT = "providers/Microsoft.Insights/dataCollectionEndpoints/dce-policy"


def put_endpoint(rest, location="westeurope", **tags):
    return rest.arm("PUT", ENDPOINT, {"location": location, "tags": tags, "properties": {}})


def test_a_denied_region_is_refused_with_the_policy_s_names(rest):
    assert assign(rest, ALLOWED_LOCATIONS, {"listOfAllowedLocations": ["West Europe", "westeurope"]}).status == 201
    refused = put_endpoint(rest, "eastus")
    assert (refused.status, refused.code) == (403, "RequestDisallowedByPolicy")
    assert "Resource 'dce-policy' was disallowed by policy. Policy identifiers: '[{" in refused.message
    info = refused.body["error"]["additionalInfo"][0]
    assert info["type"] == "PolicyViolation"
    assert info["info"]["policyAssignmentName"] == "only-here"
    assert put_endpoint(rest).status in {200, 201}


def test_a_required_tag_holds_for_new_and_for_changed_resources(rest):
    assign(rest, REQUIRE_TAG, {"tagName": "owner"})
    assert put_endpoint(rest).code == "RequestDisallowedByPolicy"
    assert put_endpoint(rest, Owner="me").status in {200, 201}
    assert rest.arm("PATCH", ENDPOINT, {"tags": {"other": "x"}}).code == "RequestDisallowedByPolicy"


def test_assignments_are_listed_and_end_with_their_deletion_or_exclusion(rest):
    assign(rest, ALLOWED_LOCATIONS, {"listOfAllowedLocations": ["westeurope"]})
    listed = rest.arm("GET", f"{AT_GROUP}/policyAssignments").body["value"]
    assert [assignment["name"] for assignment in listed] == ["only-here"]
    assert rest.arm("DELETE", f"{AT_GROUP}/policyAssignments/only-here").status == 200
    assert put_endpoint(rest, "eastus").status in {200, 201}
    assign(rest, REQUIRE_TAG, {"tagName": "owner"}, enforcementMode="DoNotEnforce")
    assert put_endpoint(rest, "eastus").status == 200


@pytest.mark.parametrize(
    ("definition", "values", "code"),
    [
        (f"{AUTHORIZATION}/policyDefinitions/none", {}, "PolicyDefinitionNotFound"),
        (REQUIRE_TAG, {}, "MissingPolicyParameter"),
        (REQUIRE_TAG, {"tagName": "a", "b": "c"}, "UndefinedPolicyParameter"),
    ],
)
def test_an_assignment_without_its_definition_s_parameters_is_refused(rest, definition, values, code):
    assert assign(rest, definition, values).code == code


def test_a_definition_of_one_s_own_is_kept_and_enforced(rest):
    rule = {
        "if": {
            "allOf": [
                {"field": "type", "like": "Microsoft.Insights/*Endpoints"},
                {"field": "tags.env", "notIn": ["test"]},
            ]
        },
        "then": {"effect": "deny"},
    }
    path = f"/subscriptions/{rest.azure.subscription}{AUTHORIZATION}/policyDefinitions/own"
    assert rest.arm("PUT", path, {"properties": {"policyRule": rule}}).status == 201
    assert "own" in [definition["name"] for definition in rest.arm("GET", path.rpartition("/")[0]).body["value"]]
    assign(rest, path, {})
    assert put_endpoint(rest).code == "RequestDisallowedByPolicy"
    assert put_endpoint(rest, env="test").status in {200, 201}


@pytest.mark.parametrize(
    "rule",
    [
        {"if": {"field": "Microsoft.Storage/storageAccounts/sku.name", "equals": "x"}, "then": {"effect": "deny"}},
        {"if": {"count": {"field": "tags"}, "less": 1}, "then": {"effect": "deny"}},
        {"if": {"field": "type", "equals": "x"}, "then": {"effect": "modify"}},
    ],
)
def test_a_rule_that_would_not_be_enforced_is_refused_when_written(rule):
    with pytest.raises(ApiError) as caught:
        check_rule(rule)
    assert caught.value.status == 501


RESOURCE = {"type": "A.B/c", "location": "westeurope", "tags": {"Env": "prod"}}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "type", "equals": "a.b/C"}, True),
        ({"field": "location", "in": ["eastus", "WestEurope"]}, True),
        ({"field": "tags['env']", "notEquals": "test"}, True),
        ({"field": "tags[env]", "exists": "false"}, False),
        ({"field": "tags", "containsKey": "env"}, True),
        ({"field": "type", "notLike": "a.*"}, False),
        ({"field": "kind", "contains": "x"}, False),
        ({"not": {"anyOf": [{"field": "name", "equals": "x"}, {"value": "[concat('a','b')]", "equals": "ab"}]}}, False),
        ({"value": "[field('location')]", "equals": "[parameters('where')]"}, True),
    ],
)
def test_conditions_hold_without_case_over_type_location_and_tags(condition, expected):
    check_rule({"if": condition, "then": {"effect": "deny"}})
    assert holds(condition, RESOURCE, {"where": "westeurope"}) is expected


TAGS = "/providers/Microsoft.Resources/tags/default"


def test_tags_are_written_merged_and_deleted_at_their_scope(rest):
    def tags(method, **body):
        return rest.arm(method, f"{Rest.workspace}{TAGS}", body or None).body["properties"]["tags"]

    assert tags("PUT", properties={"tags": {"a": "1", "b": "2"}}) == {"a": "1", "b": "2"}
    assert rest.arm("GET", Rest.workspace).body["tags"] == {"a": "1", "b": "2"}
    assert tags("PATCH", operation="Merge", properties={"tags": {"c": "3"}}) == {"a": "1", "b": "2", "c": "3"}
    assert tags("PATCH", operation="Delete", properties={"tags": {"a": "1"}}) == {"b": "2", "c": "3"}
    assert tags("GET") == {"b": "2", "c": "3"}
    assert (
        rest.arm("PUT", f"/subscriptions/{rest.azure.subscription}{TAGS}", {"properties": {"tags": {"s": "1"}}}).status
        == 200
    )
    assert rest.arm("GET", f"/subscriptions/{rest.azure.subscription}{TAGS}").body["properties"]["tags"] == {"s": "1"}


@pytest.mark.parametrize(
    ("path", "first"),
    [
        (f"{Rest.workspace}/savedSearches/s1", 200),
        (f"{Rest.workspace}/linkedStorageAccounts/CustomLogs", 200),
        (f"{Rest.workspace}/providers/Microsoft.Insights/diagnosticSettings/d1", 200),
        (f"{Rest.workspace}/dataExports/e1", 201),
        (f"{Rest.workspace}/linkedServices/Automation", 201),
    ],
)
def test_what_hangs_on_a_workspace_answers_as_its_clients_expect_and_is_listed(rest, path, first):
    assert rest.arm("GET", path.rpartition("/")[0]).body["value"] == []
    assert rest.arm("PUT", path, {"properties": {"workspaceId": Rest.workspace}}).status == first
    assert rest.arm("PUT", path, {"properties": {"workspaceId": Rest.workspace}}).status == 200
    [listed] = rest.arm("GET", path.rpartition("/")[0]).body["value"]
    assert listed["name"] == path.rpartition("/")[2]


def put_set(rest, *members, **properties):
    path = f"/subscriptions/{rest.azure.subscription}{AUTHORIZATION}/policySetDefinitions/our-rules"
    return rest.arm("PUT", path, {"properties": {"policyDefinitions": list(members), **properties}})


REGIONS = {"listOfAllowedLocations": {"value": "[parameters('regions')]"}}
MEMBERS = (
    {"policyDefinitionId": ALLOWED_LOCATIONS, "policyDefinitionReferenceId": "region", "parameters": REGIONS},
    {"policyDefinitionId": REQUIRE_TAG, "parameters": {"tagName": {"value": "owner"}}},
)


def test_every_definition_of_a_set_is_enforced_with_the_values_that_the_set_hands_down(rest):
    policy_set = put_set(rest, *MEMBERS, displayName="Ours", parameters={"regions": {"type": "Array"}})
    assert policy_set.status == 201
    references = [one["policyDefinitionReferenceId"] for one in policy_set.body["properties"]["policyDefinitions"]]
    assert references == ["region", "2"]
    assigned = assign(rest, policy_set.body["id"], {"regions": ["northeurope"]})
    assert assigned.status == 201, assigned.body
    refused = put_endpoint(rest)
    info = refused.body["error"]["additionalInfo"][0]["info"]
    assert (refused.code, info["policyDefinitionReferenceId"]) == ("RequestDisallowedByPolicy", "region")
    assert info["policySetDefinitionDisplayName"] == "Ours"
    assign(rest, policy_set.body["id"], {"regions": ["westeurope"]})
    assert put_endpoint(rest).body["error"]["additionalInfo"][0]["info"]["policyDefinitionReferenceId"] == "2"
    assert put_endpoint(rest, owner="us").status == 200


def test_sets_are_listed_shown_and_deleted(rest):
    shown = put_set(rest, MEMBERS[1]).body
    assert rest.arm("GET", shown["id"]).body["name"] == "our-rules"
    assert [one["id"] for one in rest.arm("GET", shown["id"].rpartition("/")[0]).body["value"]] == [shown["id"]]
    assert rest.arm("DELETE", shown["id"]).status == 200
    assert rest.arm("GET", shown["id"]).code == "PolicySetDefinitionNotFound"
    assert assign(rest, shown["id"], {}).code == "PolicySetDefinitionNotFound"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ([], "InvalidRequestContent"),
        (["text"], "InvalidRequestContent"),
        ([{}], "PolicyDefinitionNotFound"),
        ([{"policyDefinitionId": f"{AUTHORIZATION}/policyDefinitions/none"}], "PolicyDefinitionNotFound"),
        ([{**MEMBERS[1], "parameters": []}, MEMBERS[0]], None),
        ([{**MEMBERS[1], "parameters": {"tagName": "owner"}}], "InvalidRequestContent"),
        ([{**MEMBERS[1], "parameters": {"other": {"value": "x"}}}], "UndefinedPolicyParameter"),
        ([MEMBERS[0], {**MEMBERS[1], "policyDefinitionReferenceId": "REGION"}], "InvalidRequestContent"),
    ],
)
def test_a_set_that_is_none_is_refused(rest, members, code):
    reply = put_set(rest, *members)
    assert reply.code == code, reply.body


def test_a_set_is_assigned_with_its_own_parameters_alone(rest):
    id_ = put_set(rest, *MEMBERS, parameters={"regions": {"type": "Array"}}).body["id"]
    assert assign(rest, id_, {}).code == "MissingPolicyParameter"
    assert assign(rest, id_, {"tagName": "x", "regions": []}).code == ("UndefinedPolicyParameter")
    without = put_set(rest, MEMBERS[0]).body["id"]
    assert assign(rest, without, {}).code == "InvalidPolicyRule"


@pytest.mark.parametrize("name", ["overrides", "resourceSelectors"])
def test_what_would_change_whom_an_assignment_denies_is_refused(rest, name):
    reply = assign(rest, REQUIRE_TAG, {"tagName": "owner"}, **{name: [{"kind": "policyEffect"}]})
    assert (reply.status, name in reply.message) == (501, True)


def test_a_workspace_tells_its_usage_schema_and_management_groups(rest):
    [usage] = rest.arm("GET", f"{Rest.workspace}/usages").body["value"]
    assert (usage["currentValue"], usage["limit"], usage["unit"]) == (0, -1, "Bytes")
    schema = rest.arm("POST", f"{Rest.workspace}/schema").body["value"]
    assert {"TimeGenerated", "TenantId"} <= {column["name"] for column in schema}
    assert rest.arm("GET", f"{Rest.workspace}/managementGroups").body["value"] == []
    assert rest.arm("GET", f"{Rest.workspace.replace('law', 'no-such')}/usages").status == 404


def test_a_rule_s_metrics_are_defined(rest):
    rest.make_rule()
    listed = rest.arm("GET", f"{Rest.rule}/providers/Microsoft.Insights/metricDefinitions").body["value"]
    assert "RowsReceived_Count" in [definition["name"]["value"] for definition in listed]


@pytest.mark.parametrize(
    ("table", "properties", "status"),
    [
        ("Heartbeat_SRCH", {"searchResults": {"query": "Heartbeat"}}, 501),
        ("Heartbeat_RST", {"restoredLogs": {"sourceTable": "Heartbeat"}}, 501),
        ("Heartbeat_SRCH", {"plan": "Analytics"}, 400),
    ],
)
def test_tables_that_a_job_would_fill_are_refused_in_words(rest, table, properties, status):
    refused = rest.arm("PUT", f"{Rest.workspace}/tables/{table}", {"properties": properties})
    assert refused.status == status
    assert table in refused.message


def test_summary_rules_are_refused_in_words(rest):
    assert rest.arm("PUT", f"{Rest.workspace}/summaryLogs/s1", {"properties": {}}).status == 501
