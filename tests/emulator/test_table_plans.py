"""Table plans: which switch to which and how often, what a plan changes in ingestion, queries and deletion."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from provisioner.fact_evidence import judge
from provisioner.model.table_plans import plan_switch_evidence
from tests.support.azure_rest import Rest

TIME = {"TimeGenerated": "dateTime"}
COLUMNS = {**TIME, "Text": "string", "Count": "long"}
NOW = datetime.now(UTC)
PLANS = ("Analytics", "Basic", "Auxiliary")


@pytest.fixture
def rest(azure_monitor):
    client = Rest(azure_monitor)
    client.create_prerequisites()
    return client


def path(name="P_CL"):
    return f"{Rest.workspace}/tables/{name}"


def rule_into(rest, table, transform="source", columns=None):
    """A rule whose stream Custom-T leads into a table, with the right to send."""
    body = rest.rule_body(transform, columns)
    body["properties"]["dataFlows"][0]["outputStream"] = f"Custom-{table}"
    reply = rest.arm("PUT", Rest.rule, body)
    assert reply.status == 200, reply.body
    rest.grant(reply.body["id"])
    return reply.body


def search(rest, text):
    guid = rest.arm("GET", Rest.workspace).body["properties"]["customerId"]
    headers = {
        "Authorization": f"Bearer {rest.token('https://api.loganalytics.io')}",
        "Content-Type": "application/json",
    }
    reply = rest.send("POST", f"/v1/workspaces/{guid}/search?timespan=P30D", json.dumps({"query": text}), headers)
    assert reply.status == 200, reply.body
    return reply.body["tables"][0]["rows"]


def row(text="a", time=NOW, count=1):
    return {"TimeGenerated": time.isoformat(timespec="microseconds"), "Text": text, "Count": count}


@pytest.mark.parametrize("old", PLANS)
@pytest.mark.parametrize("new", PLANS)
def test_every_pair_of_plans_switches_as_the_page_says(rest, old, new):
    rest.table("P_CL", TIME, plan=old)
    reply = rest.arm("PATCH", path(), {"properties": {"plan": new}})
    if old == new or judge(plan_switch_evidence(old.lower(), new.lower())).accepted:
        assert reply.status == 202
        assert rest.arm("GET", path()).body["properties"]["plan"] == new
    else:
        assert (reply.code, "cannot be changed" in reply.message) == ("InvalidParameter", True)


def test_a_plan_switches_once_a_week(rest, azure_monitor):
    azure_monitor.fault("clock", now="2026-03-01T00:00:00Z", stop=True)
    rest.table("P_CL", TIME)
    rest.done("PATCH", path(), {"properties": {"plan": "Auxiliary"}})
    assert rest.arm("GET", path()).body["properties"]["lastPlanModifiedDate"] == "2026-03-01T00:00:00Z"
    assert "once a week" in rest.arm("PATCH", path(), {"properties": {"plan": "Analytics"}}).message
    azure_monitor.clear_faults()
    azure_monitor.fault("clock", now="2026-03-08T00:00:01Z")
    rest.done("PATCH", path(), {"properties": {"plan": "Analytics"}})


@pytest.mark.parametrize(
    ("table", "plan", "taken"),
    [
        ("CommonSecurityLog", "Basic", True),
        ("Syslog", "Auxiliary", True),
        ("Syslog", "Basic", False),
        ("AppTraces", "Basic", True),
        ("AppTraces", "Auxiliary", False),
        ("Heartbeat", "Basic", False),
        ("DeviceEvents", "Auxiliary", True),
    ],
)
def test_azures_own_tables_take_the_plans_of_their_page(rest, table, plan, taken):
    reply = rest.arm("PATCH", path(table), {"properties": {"plan": plan}})
    assert (reply.status == 202) is taken
    if taken:
        assert "once a week" in rest.arm("PATCH", path(table), {"properties": {"plan": "Analytics"}}).message


@pytest.mark.parametrize("table", ["AppTraces", "Heartbeat", "AppMetrics", "SigninLogs", "AzureActivity"])
def test_azures_tables_that_take_no_rows_exist_and_take_retention(rest, table):
    """Report: builtin-retention-*, from portal exports and acceptance runs of Terraform's provider."""
    rest.done("PATCH", path(table), {"properties": {"retentionInDays": 90}})
    assert rest.arm("GET", path(table)).body["properties"]["totalRetentionInDays"] == 90
    listed = {body["name"] for body in rest.arm("GET", f"{Rest.workspace}/tables").body["value"]}
    assert {table, "Usage", "CommonSecurityLog"} <= listed


def test_a_default_total_follows_the_retention_also_where_a_client_sends_it_back(rest):
    properties = rest.arm("GET", path("Syslog")).body["properties"]
    assert (properties["totalRetentionInDays"], properties["totalRetentionInDaysAsDefault"]) == (30, True)
    rest.done("PATCH", path("Syslog"), {"properties": {"retentionInDays": 60}})
    rest.done("PATCH", path("Event"), {"properties": {"retentionInDays": 60, "totalRetentionInDays": 30}})
    for table in ("Syslog", "Event"):
        properties = rest.arm("GET", path(table)).body["properties"]
        assert (properties["totalRetentionInDays"], properties["totalRetentionInDaysAsDefault"]) == (60, True)


def test_a_total_that_was_chosen_stands_in_the_way(rest):
    rest.table("P_CL", TIME, retentionInDays=30, totalRetentionInDays=40)
    assert "cannot be less" in rest.arm("PATCH", path(), {"properties": {"retentionInDays": 60}}).message


@pytest.mark.parametrize(("plan", "kept"), [("Analytics", ["a"]), ("Basic", ["a"]), ("Auxiliary", [])])
def test_rows_of_a_deleted_auxiliary_table_are_gone_after_15_days(rest, azure_monitor, plan, kept):
    azure_monitor.fault("clock", now=NOW.isoformat())
    rest.table("P_CL", COLUMNS, plan=plan)
    rest.ingest(rule_into(rest, "P_CL"), [row()])
    rest.done("DELETE", path())
    rest.table("P_CL", COLUMNS, plan=plan)
    assert search(rest, "P_CL | project Text") == [["a"]], "within 15 days they come back"
    rest.done("DELETE", path())
    azure_monitor.clear_faults()
    azure_monitor.fault("clock", now=(NOW + timedelta(days=20)).isoformat())
    rest.table("P_CL", COLUMNS, plan=plan)
    assert [text for (text,) in search(rest, "P_CL | project Text")] == kept


def test_a_search_takes_full_kql_over_tables_of_every_plan(rest):
    for plan in PLANS:
        rest.table(f"{plan}_CL", COLUMNS, plan=plan)
        rest.ingest(rule_into(rest, f"{plan}_CL"), [row(plan)])
    union = "union Analytics_CL, Basic_CL, Auxiliary_CL | summarize Tables = dcount(Text), Rows = count()"
    assert search(rest, union) == [[3, 3]]


def test_a_batch_over_30_minutes_is_refused_in_the_recorded_words(rest):
    """Report: Azure/Azure-Sentinel 12130."""
    rest.table("P_CL", COLUMNS, plan="Auxiliary")
    rule = rule_into(rest, "P_CL")
    reply = rest.ingest(rule, [row("a", NOW - timedelta(minutes=31)), row("b", NOW)])
    words = "The time duration between DataEndTime and DataStartTime should be within the range of 0 to 30 minutes."
    assert (reply.status, reply.code, reply.message) == (400, "RecordsTimeRangeIsMoreThan30Minutes", words)
    assert rest.ingest(rule, [row("a", NOW - timedelta(minutes=29)), row("b", NOW)]).status == 204
    transformed = rule_into(rest, "P_CL", "source | extend Count = Count + 1")
    assert rest.ingest(transformed, [row("a", NOW - timedelta(minutes=31)), row("b", NOW)]).status == 204


@pytest.mark.parametrize("value", [{"a": 1}, [1, 2]])
def test_nested_json_into_a_column_that_is_not_dynamic_fails_the_whole_auxiliary_call(rest, value):
    rest.table("P_CL", {**COLUMNS, "Bag": "dynamic"}, plan="Auxiliary")
    columns = {"TimeGenerated": "datetime", "Text": "string", "Count": "long", "Bag": "dynamic"}
    rule = rule_into(rest, "P_CL", columns=columns)
    assert rest.ingest(rule, [row("fine"), {**row(), "Text": value}]).status == 400
    assert search(rest, "P_CL | project Text") == []
    assert rest.ingest(rule, [{**row("bag"), "Bag": value}]).status == 204
    parsed = rule_into(rest, "P_CL", "source | extend Bag = parse_json(Text) | project-away Text", columns)
    assert rest.ingest(parsed, [{**row(), "Text": value}]).status == 204, "the column Text of the table gets nothing"


def test_an_auxiliary_table_reads_times_with_six_decimals_alone(rest, azure_monitor):
    rest.table("P_CL", COLUMNS, plan="Auxiliary")
    rule = rule_into(rest, "P_CL")
    sent = NOW - timedelta(hours=1)
    bare = sent.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    assert rest.ingest(rule, [row("six", sent)]).status == 204
    assert rest.ingest(rule, [{**row("none"), "TimeGenerated": bare}]).status == 204
    query = "P_CL | extend Received = TimeGenerated == _TimeReceived | project Text, Received | sort by Text asc"
    assert search(rest, query) == [["none", True], ["six", False]]
    assert [(drop["reason"], drop["detail"]) for drop in azure_monitor.drops()] == [("TimeFormat", bare)]


def test_columns_that_differ_by_case_cost_an_auxiliary_table_its_rows(rest, azure_monitor):
    columns = {**COLUMNS, "text": "string"}
    for plan, kept in (("Auxiliary", 0), ("Basic", 1)):
        rest.table(f"{plan}_CL", columns, plan=plan)
        rest.ingest(rule_into(rest, f"{plan}_CL"), [row()])
        assert len(search(rest, f"{plan}_CL")) == kept
    assert [drop["reason"] for drop in azure_monitor.drops()] == ["ColumnsDifferByCase"]
