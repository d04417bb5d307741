"""Tables as the service keeps them: what PUT replaces, PATCH merges, and what is refused."""

from __future__ import annotations

import pytest

from tests.support.azure_rest import Rest, table_body

TIME = {"TimeGenerated": "dateTime"}
DAY = 86_400


@pytest.fixture
def rest(azure_monitor):
    client = Rest(azure_monitor)
    client.create_prerequisites()
    return client


def path(name="T_CL"):
    return f"{Rest.workspace}/tables/{name}"


def columns(rest, name="T_CL"):
    listed = rest.arm("GET", path(name)).body["properties"]["schema"]["columns"]
    return {column["name"]: column["type"] for column in listed}


def test_a_table_looks_as_it_was_recorded(rest):
    body = rest.arm("GET", path()).body
    assert set(body) == {"properties", "id", "name"}
    properties = body["properties"]
    assert properties["plan"] == "Analytics"
    assert (properties["retentionInDays"], properties["retentionInDaysAsDefault"]) == (30, True)
    schema = properties["schema"]
    assert (schema["tableType"], schema["tableSubType"], schema["solutions"]) == (
        "CustomLog",
        "DataCollectionRuleBased",
        ["LogManagement"],
    )
    assert schema["columns"][0] == {
        "name": "TimeGenerated",
        "type": "datetime",
        "isDefaultDisplay": False,
        "isHidden": False,
    }
    assert [column["name"] for column in schema["standardColumns"]] == ["TenantId"]


def test_a_write_is_202_with_where_to_ask(rest):
    reply = rest.arm("PUT", path("New_CL"), table_body("New_CL", TIME))
    assert (reply.status, reply.body) == (202, None)
    assert "/operationstatuses/" in reply.headers["azure-asyncoperation"]
    assert "/tables/New_CL/operationresults/" in reply.headers["location"]
    assert "retry-after" not in reply.headers


def test_put_replaces_and_patch_merges(rest):
    rest.done("PATCH", path(), table_body("T_CL", {"More": "guid"}))
    assert columns(rest) == {"More": "guid", "TimeGenerated": "datetime", "Text": "string", "Count": "long"}
    rest.table("T_CL", TIME)
    assert columns(rest) == {"TimeGenerated": "datetime"}


def test_put_resets_retention_and_patch_leaves_it(rest):
    rest.table("T_CL", TIME, retentionInDays=90, totalRetentionInDays=365)
    rest.done("PATCH", path(), {"properties": {"totalRetentionInDays": 730}})
    properties = rest.arm("GET", path()).body["properties"]
    assert (
        properties["retentionInDays"],
        properties["retentionInDaysAsDefault"],
        properties["totalRetentionInDays"],
    ) == (
        90,
        False,
        730,
    )
    assert properties["archiveRetentionInDays"] == 640
    rest.table("T_CL", TIME)
    properties = rest.arm("GET", path()).body["properties"]
    assert (properties["retentionInDays"], properties["retentionInDaysAsDefault"]) == (30, True)


@pytest.mark.parametrize(
    ("name", "column_types", "properties", "text"),
    [
        ("X_CL", {"Text": "string"}, {}, "MSG 1005"),
        ("X_CL", {"TimeGenerated": "string"}, {}, "MSG 1005"),
        ("Xtable", TIME, {}, "_CL"),
        ("X_CL", TIME | {"1a": "string"}, {}, "column name"),
        ("X_CL", TIME | {"with-dash": "string"}, {}, "column name"),
        ("X_CL", TIME | {"c" * 46: "string"}, {}, "column name"),
        ("X_CL", TIME | {"TenantId": "string"}, {}, "reserved"),
        ("X_CL", TIME | {"Amount": "decimal"}, {}, "decimal"),
        ("X_CL", TIME, {"retentionInDays": 3}, "retentionInDays"),
        ("X_CL", TIME, {"totalRetentionInDays": 1000}, "totalRetentionInDays"),
        ("X_CL", TIME, {"retentionInDays": 100, "totalRetentionInDays": 50}, "less than"),
        ("X_CL", TIME, {"plan": "Basic", "retentionInDays": 90}, "plan Basic"),
        ("X_CL", TIME, {"plan": "Golden"}, "Golden"),
        ("Heartbeats", TIME, {}, "_CL"),
    ],
)
def test_a_wrong_table_is_refused_at_once(rest, name, column_types, properties, text):
    reply = rest.arm("PUT", path(name), table_body(name, column_types, **properties))
    assert (reply.status, reply.code) == (400, "InvalidParameter")
    assert text in reply.message
    assert rest.arm("GET", path(name)).status == 404


def test_the_name_in_the_schema_must_be_that_of_the_url(rest):
    reply = rest.arm("PUT", path("A_CL"), table_body("B_CL", TIME))
    assert (reply.status, reply.code) == (400, "InvalidParameter")


def test_five_hundred_columns_fit_and_one_more_does_not(rest):
    many = TIME | {f"Column{index}": "string" for index in range(499)}
    rest.table("Wide_CL", many)
    assert rest.arm("PUT", path("Wide_CL"), table_body("Wide_CL", many | {"Last": "string"})).status == 400


def test_a_type_never_changes_not_even_of_a_deleted_column(rest):
    rest.table("T_CL", TIME)
    reply = rest.arm("PUT", path(), table_body("T_CL", TIME | {"Text": "long"}))
    assert (reply.status, reply.code) == (400, "InvalidParameter")
    assert "cannot be changed" in reply.message


def test_standard_columns_and_hints_are_refused(rest):
    body = table_body("T_CL", TIME)
    body["properties"]["schema"]["standardColumns"] = [{"name": "TenantId", "type": "guid"}]
    assert rest.arm("PUT", path(), body).code == "InvalidParameter"
    body = table_body("T_CL", TIME)
    body["properties"]["schema"]["columns"][0]["dataTypeHint"] = "ip"
    assert "MSG 1011" in rest.arm("PUT", path(), body).message


def test_built_in_tables_are_there_and_take_columns_that_end_in_cf(rest):
    body = rest.arm("GET", path("commonsecuritylog")).body
    assert body["name"] == "CommonSecurityLog"
    assert body["properties"]["schema"]["tableType"] == "Microsoft"
    assert "DeviceVendor" in [item["name"] for item in body["properties"]["schema"]["standardColumns"]]
    rest.done("PATCH", path("CommonSecurityLog"), table_body("CommonSecurityLog", {"Tenant_CF": "string"}))
    assert columns(rest, "CommonSecurityLog") == {"Tenant_CF": "string"}
    assert rest.arm("PATCH", path("Syslog"), table_body("Syslog", {"Tenant": "string"})).code == "InvalidParameter"
    assert rest.arm("DELETE", path("Syslog")).code == "InvalidParameter"
    listed = {item["name"] for item in rest.arm("GET", f"{Rest.workspace}/tables").body["value"]}
    assert {"T_CL", "Syslog", "CommonSecurityLog"} <= listed


def test_a_deleted_table_is_gone_and_deleting_again_is_204(rest):
    rest.done("DELETE", path())
    assert rest.arm("GET", path()).code == "ResourceNotFound"
    assert rest.arm("DELETE", path()).status == 204


def test_a_classic_table_cannot_be_changed_until_it_is_migrated(rest, azure_monitor):
    azure_monitor.control("PUT", f"/emulator/classic/{azure_monitor.subscription}/rg/law1/Old_CL")
    assert rest.arm("GET", path("Old_CL")).body["properties"]["schema"]["tableSubType"] == "Classic"
    refused = rest.arm("PUT", path("Old_CL"), table_body("Old_CL", TIME))
    assert refused.message.startswith(
        "Changing Classic table Old_CL schema by using DataCollectionRuleBased tables api is forbidden"
    )
    flow = {"streams": ["Custom-T"], "destinations": ["law"], "outputStream": "Custom-Old_CL"}
    reply = rest.arm("PUT", Rest.rule, rest.rule_body(dataFlows=[flow]))
    assert reply.body["error"]["details"][0]["message"].startswith(
        "Classic (MMA-based) custom log tables for stream 'Custom-Old_CL'"
    )
    for _ in range(2):
        assert rest.arm("POST", f"{path('Old_CL')}/migrate").status == 200
    rest.table("Old_CL", TIME | {"Text": "string"})
    assert rest.arm("PUT", Rest.rule, rest.rule_body(dataFlows=[flow])).status == 200


def test_a_failed_operation_answers_200_with_status_failed_and_changes_nothing(rest, azure_monitor):
    azure_monitor.fault("failed_operation", code="SchemaUpdateFatalError", message="no", times=1)
    reply = rest.arm("PUT", path("New_CL"), table_body("New_CL", TIME))
    assert reply.status == 202
    token = {"Authorization": f"Bearer {rest.token()}"}
    state = {"status": "InProgress"}
    while state["status"] == "InProgress":
        asked = rest.send("GET", reply.headers["azure-asyncoperation"], headers=token)
        state = asked.body
    assert (asked.status, state["status"], state["error"]["code"]) == (200, "Failed", "SchemaUpdateFatalError")
    assert rest.arm("GET", path("New_CL")).status == 404


def test_a_table_being_updated_is_locked_and_no_rule_can_use_it(rest, azure_monitor):
    azure_monitor.fault("slow_operation", seconds=0.5, times=1)
    reply = rest.arm("PUT", path("Slow_CL"), table_body("Slow_CL", TIME | {"Text": "string", "Count": "long"}))
    token = {"Authorization": f"Bearer {rest.token()}"}
    assert rest.arm("GET", path("Slow_CL")).body["properties"]["provisioningState"] == "Updating"
    assert rest.arm("PUT", path("Slow_CL"), table_body("Slow_CL", TIME)).status == 409
    flow = {"streams": ["Custom-T"], "destinations": ["law"], "outputStream": "Custom-Slow_CL"}
    refused = rest.arm("PUT", Rest.rule, rest.rule_body(dataFlows=[flow]))
    assert refused.body["error"]["details"][0]["code"] == "InvalidOutputTable"
    assert rest.send("GET", reply.headers["location"], headers=token).status == 202
    while rest.send("GET", reply.headers["azure-asyncoperation"], headers=token).body["status"] == "InProgress":
        pass
    assert rest.arm("PUT", Rest.rule, rest.rule_body(dataFlows=[flow])).status == 200


def test_a_table_made_a_moment_ago_may_not_be_there_for_rules_yet(rest, azure_monitor):
    azure_monitor.fault("table_not_ready", seconds=30)
    rest.table("New_CL", TIME | {"Text": "string", "Count": "long"})
    flow = {"streams": ["Custom-T"], "destinations": ["law"], "outputStream": "Custom-New_CL"}
    refused = rest.arm("PUT", Rest.rule, rest.rule_body(dataFlows=[flow]))
    assert refused.body["error"]["details"][0]["code"] == "InvalidOutputTable"
    azure_monitor.clear_faults()
    assert rest.arm("PUT", Rest.rule, rest.rule_body(dataFlows=[flow])).status == 200
