"""What ingestion takes, refuses and drops without an error; and what a query finds of it."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.azure_rest import Rest

NOW = datetime.now(UTC)


@pytest.fixture
def rest(azure_monitor):
    client = Rest(azure_monitor)
    client.create_prerequisites()
    return client


@pytest.fixture
def rule(rest):
    dcr = rest.make_rule()
    rest.grant(dcr["id"])
    return dcr


def row(text="a", count=1, time=NOW, **more):
    return {"TimeGenerated": time.isoformat(), "Text": text, "Count": count, **more}


def reasons(azure):
    return {(drop["reason"], drop["detail"]): drop["count"] for drop in azure.drops()}


def test_rows_are_stored_with_the_standard_columns(rest, rule):
    assert rest.ingest(rule, [row("a", 1), row("b", 2)], zipped=True).status == 204
    rows = rest.rows(
        "T_CL | sort by Text asc | project Text, Count, Type, TenantId, _ResourceId, isnotempty(_ItemId), _IsBillable"
    )
    guid = rest.arm("GET", Rest.workspace).body["properties"]["customerId"]
    assert rows == [["a", 1, "T_CL", guid, "", True, True], ["b", 2, "T_CL", guid, "", True, True]]


LARGE = [row("x" * 100, number) for number in range(1000)]
"""Rows of a call that is answered before they are stored."""


def test_rows_of_large_calls_are_there_when_someone_looks_in_the_order_of_the_calls(rest, rule):
    for text in ("first", "second"):
        assert rest.ingest(rule, [*LARGE, row(text)], zipped=True).status == 204
    assert rest.ingest(rule, [row("third")]).status == 204
    assert rest.rows("T_CL | count") == [[2003]]
    assert rest.rows("T_CL | where strlen(Text) < 9 | project Text") == [["first"], ["second"], ["third"]]


def test_what_a_large_call_loses_and_counts_is_there_when_someone_looks(rest, rule):
    assert rest.ingest(rule, [*LARGE, row(Undeclared=1), "text"]).status == 204
    assert reasons(rest.azure) == {("NotAnObject", '"text"'): 1, ("UndeclaredMember", "Undeclared"): 1}


def test_a_large_call_meets_the_rule_as_it_was_when_the_call_was_answered(rest, rule):
    assert rest.ingest(rule, LARGE).status == 204
    assert rest.arm("DELETE", rule["id"]).status == 200
    assert rest.rows("T_CL | count") == [[1000]]


@pytest.mark.parametrize("body", [b"[" + b" " * 70_000, b"[NaN" + b" " * 70_000 + b"]"])
def test_a_large_body_that_is_no_json_is_refused_at_once(rest, rule, body):
    assert rest.ingest(rule, body).code == "InvalidRequestContent"


def test_a_large_object_is_lost_like_a_small_one(rest, rule):
    assert rest.ingest(rule, row("x" * 70_000)).status == 204
    assert [reason for reason, _ in reasons(rest.azure)] == ["NotAnArray"]


@pytest.mark.parametrize("version", ["2023-01-01", "2021-11-01-preview"])
def test_both_versions_are_taken(rest, rule, version):
    assert rest.ingest(rule, [row()], version=version).status == 204


@pytest.mark.parametrize(
    ("body", "changes", "status", "code"),
    [
        (b"{", {}, 400, "InvalidRequestContent"),
        (b'[{"Count": NaN}]', {}, 400, "InvalidRequestContent"),
        (b"[" * 100_000, {}, 400, "InvalidRequestContent"),
        (b"", {}, 500, None),
        (b"null", {}, 500, None),
        ([], {"version": "2020-01-01"}, 400, "UnsupportedApiVersion"),
        ([], {"immutable": "dcr-0"}, 404, "NotFound"),
        ([], {"stream": "Custom-Other"}, 400, "InvalidStream"),
        (b"x" * 1_048_577, {}, 413, "ContentLengthLimitExceeded"),
    ],
)
def test_what_the_service_refuses_is_refused_with_its_code(rest, rule, body, changes, status, code):
    reply = rest.ingest(rule, body, **changes)
    assert (reply.status, reply.code) == (status, code)
    assert reply.headers.get("x-ms-error-code") == code


def test_the_messages_are_those_recorded(rest, rule):
    immutable = rule["properties"]["immutableId"]
    assert rest.ingest(rule, [], immutable="x").message == "Data collection rule with immutable Id 'x' not found."
    assert rest.ingest(rule, b"x" * 1_048_577).message.startswith(
        "Maximum allowed content length: 1048576 bytes (1 MB)."
    )
    text = f"The stream Custom-X was not configured in the data collection rule with immutable Id {immutable}"
    assert rest.ingest(rule, [], "Custom-X").message == text


def test_the_official_clients_chunks_pass_though_they_inflate_beyond_the_limit(rest, rule):
    body = json.dumps([{"Text": "x"}] * 120_000).encode()
    assert len(body) > 1_250_000
    assert rest.ingest(rule, gzip.compress(body), zipped=False).status == 400, "not said to be gzip"
    assert rest.ingest(rule, body, zipped=True).status == 204


def test_a_bomb_is_refused_before_it_has_grown(rest, rule):
    bomb = gzip.compress(b" " * 52_428_801)
    assert rest.ingest(rule, b" " * 52_428_801, zipped=True).status == 413
    assert len(bomb) < 1_048_576
    assert rest.ingest(rule, b"[]" + b" " * 100, zipped=True).status == 204


def test_one_object_instead_of_an_array_is_lost_with_204(rest, rule, azure_monitor):
    assert rest.ingest(rule, row()).status == 204
    assert rest.rows("T_CL") == []
    (drop,) = azure_monitor.drops()
    assert (drop["reason"], drop["stream"], drop["dcr"]) == ("NotAnArray", "Custom-T", rule["id"])


def test_what_is_not_declared_or_not_in_the_table_is_lost_with_204(rest, azure_monitor):
    rule = rest.make_rule("source | extend Extra = strlen(Text)")
    rest.grant(rule["id"])
    assert rest.ingest(rule, [row(Undeclared=1), "text", 5]).status == 204
    assert len(rest.rows("T_CL")) == 1
    assert reasons(azure_monitor) == {
        ("UndeclaredMember", "Undeclared"): 1,
        ("ColumnNotInTable", "Extra"): 1,
        ("NotAnObject", '"text"'): 1,
        ("NotAnObject", "5"): 1,
    }


def test_a_stream_without_a_flow_loses_its_rows(rest, azure_monitor):
    body = rest.rule_body()
    body["properties"]["streamDeclarations"]["Custom-Idle"] = body["properties"]["streamDeclarations"]["Custom-T"]
    rule = rest.arm("PUT", Rest.rule, body).body
    rest.grant(rule["id"])
    assert rest.ingest(rule, [row()], "Custom-Idle").status == 204
    assert reasons(azure_monitor) == {("NoFlow", ""): 1}


def test_a_transform_may_drop_rows(rest, azure_monitor):
    rule = rest.make_rule("source | where Count > 1")
    rest.grant(rule["id"])
    rest.ingest(rule, [row("a", 1), row("b", 2), row("c", 3)])
    assert rest.rows("T_CL | project Text | sort by Text asc") == [["b"], ["c"]]
    assert reasons(azure_monitor) == {("Filtered", ""): 1}


def test_a_null_missing_or_far_time_becomes_that_of_receipt(rest, rule, azure_monitor):
    far = [NOW - timedelta(days=3), NOW + timedelta(days=2), NOW - timedelta(days=1, hours=23)]
    sent = [row("old", time=far[0]), row("new", time=far[1]), row("kept", time=far[2])]
    rest.ingest(rule, [{"Text": "none"}, {"Text": "null", "TimeGenerated": None}, *sent])
    replaced = dict(rest.rows("T_CL | extend Replaced = TimeGenerated == _TimeReceived | project Text, Replaced"))
    assert replaced == {"none": True, "null": True, "old": True, "new": True, "kept": False}
    assert {drop["reason"] for drop in azure_monitor.drops()} == {"TimeGeneratedReplaced"}


def test_an_absent_time_is_null_inside_the_transform(rest, azure_monitor):
    rule = rest.make_rule("source | extend Count = iif(isnull(TimeGenerated), 1, 2)")
    rest.grant(rule["id"])
    rest.ingest(rule, [{"Text": "none"}, {"Text": "null", "TimeGenerated": None}, row("sent")])
    assert dict(rest.rows("T_CL | project Text, Count")) == {"none": 1, "null": 1, "sent": 2}


def test_a_time_that_a_transform_makes_null_becomes_that_of_receipt(rest, azure_monitor):
    """Report: Azure/Azure-Sentinel PR 15138, five rules of a published template write `datetime(null)`."""
    rule = rest.make_rule("source | extend TimeGenerated = datetime(null)")
    rest.grant(rule["id"])
    rest.ingest(rule, [row("a")])
    assert rest.rows("T_CL | project Text, TimeGenerated == _TimeReceived") == [["a", True]]
    assert azure_monitor.drops() == []


def test_a_long_text_is_cut_at_64_kb(rest, rule, azure_monitor):
    rest.ingest(rule, [row("é" * 40_000)])
    assert rest.rows("T_CL | project strlen(Text)") == [[32_768]]
    assert reasons(azure_monitor) == {("FieldCut", "Text"): 1}


def test_a_changed_rule_works_as_before_for_a_while(rest, rule, azure_monitor):
    azure_monitor.fault("stale_rules", seconds=600)
    rest.make_rule("source | extend Text = strcat(Text, '!')")
    rest.ingest(rule, [row("old")])
    azure_monitor.clear_faults()
    rest.ingest(rule, [row("new")])
    assert rest.rows("T_CL | project Text | sort by Text asc") == [["new!"], ["old"]]


def test_an_endpoint_takes_only_what_its_rules_name(rest, rule):
    other = Rest.endpoint.replace("dce1", "dce2")
    endpoint = rest.arm("PUT", other, {"location": "westeurope", "properties": {}}).body
    reply = rest.ingest(rule, [row()], endpoint=endpoint["properties"]["logsIngestion"]["endpoint"])
    assert (reply.status, reply.code) == (403, "OperationFailed")
    assert "IsDcrDceBindingValid: False" in reply.message


def test_a_direct_rule_has_an_endpoint_of_its_own(rest):
    body = rest.rule_body()
    del body["properties"]["dataCollectionEndpointId"]
    direct = rest.arm("PUT", Rest.rule.replace("dcr1", "direct1"), {**body, "kind": "Direct"}).body
    rest.grant(direct["id"])
    endpoint = direct["properties"]["endpoints"]["logsIngestion"]
    assert rest.ingest(direct, [row()], endpoint=endpoint).status == 204
    plain = rest.arm("PUT", Rest.rule, body).body
    assert "endpoints" not in plain["properties"]
    refused = rest.arm("PUT", Rest.rule, {**body, "kind": "Direct"})
    assert refused.body["error"]["details"][0]["code"] == "InvalidProperty"


@pytest.mark.parametrize(
    ("fault", "values", "rows"),
    [
        ("late_rows", {"seconds": 600}, 0),
        ("duplicate_rows", {"times": 1}, 2),
        ("lost_rows", {"times": 1}, 0),
        ("over_quota", {}, 0),
    ],
)
def test_rows_come_late_twice_or_never_on_request(rest, rule, azure_monitor, fault, values, rows):
    azure_monitor.fault(fault, **values)
    assert rest.ingest(rule, [row()]).status == 204
    assert rest.rows("T_CL | count") == [[rows]]
    azure_monitor.clear_faults()
    later = (datetime.now(UTC) + timedelta(minutes=11)).isoformat()
    azure_monitor.fault("clock", now=later)
    assert rest.rows("T_CL | count") == [[1 if fault == "late_rows" else rows]]


def test_an_auxiliary_table_takes_half_an_hour_at_a_time(rest):
    rest.table("Aux_CL", {"TimeGenerated": "dateTime", "Text": "string", "Count": "long"}, plan="Auxiliary")
    flow = {"streams": ["Custom-T"], "destinations": ["law"], "outputStream": "Custom-Aux_CL"}
    rule = rest.make_rule(dataFlows=[flow])
    rest.grant(rule["id"])
    wide = [row(), row(time=NOW - timedelta(minutes=31))]
    assert rest.ingest(rule, wide).code == "RecordsTimeRangeIsMoreThan30Minutes"
    assert rest.ingest(rule, wide[:1]).status == 204
    refused = rest.query("Aux_CL")
    assert (refused.status, refused.code) == (400, "BadArgumentError")
    guid = rest.arm("GET", Rest.workspace).body["properties"]["customerId"]
    headers = {"Authorization": f"Bearer {rest.token('https://api.loganalytics.io')}"}
    reply = rest.send(
        "POST", f"/v1/workspaces/{guid}/search?timespan=PT1H", {"query": "Aux_CL | project Text"}, headers
    )
    assert reply.body["tables"][0]["rows"] == [["a"]]


def test_a_rule_has_a_quota_a_minute(rest, rule, azure_monitor):
    azure_monitor.fault("small_quota", requests=2)
    replies = [rest.ingest(rule, [row()]) for _ in range(3)]
    assert [reply.status for reply in replies] == [204, 204, 429]
    assert 1 <= int(replies[2].headers["retry-after"]) <= 61
    azure_monitor.clear_faults()
    azure_monitor.fault("small_quota", gigabytes=0)
    assert rest.ingest(rule, [row()]).status == 429


def test_metrics_show_what_came_and_what_was_lost(rest, azure_monitor):
    rule = rest.make_rule("source | where Count > 1")
    rest.grant(rule["id"])
    rest.ingest(rule, [row("a", 1), row("b", 2)])
    names = "RowsReceived_Count,RowsDropped_Count,ApiCallReceived_Count"
    reply = rest.arm(
        "GET", f"{Rest.rule}/providers/Microsoft.Insights/metrics?metricnames={names}", version="2023-10-01"
    )
    totals = {metric["name"]["value"]: metric["timeseries"][0]["data"][0]["total"] for metric in reply.body["value"]}
    assert totals == {"RowsReceived_Count": 2, "RowsDropped_Count": 1, "ApiCallReceived_Count": 1}


def test_a_query_is_cut_by_its_timespan(rest, rule):
    rest.ingest(rule, [row("young"), row("old", time=NOW - timedelta(hours=5))])
    assert rest.rows("T_CL | project Text", timespan="PT1H") == [["young"]]
    start, end = (NOW - timedelta(hours=6)).isoformat(), (NOW - timedelta(hours=4)).isoformat()
    assert rest.rows("T_CL | project Text", timespan=f"{start}/{end}") == [["old"]]
    assert rest.query("T_CL", timespan="yesterday").code == "BadArgumentError"


def test_the_types_of_an_answer(rest):
    columns = {
        "TimeGenerated": "dateTime",
        "B": "boolean",
        "D": "dynamic",
        "G": "guid",
        "I": "int",
        "R": "real",
        "Text": "string",
    }
    streams = {
        "TimeGenerated": "datetime",
        "BB": "boolean",
        "DD": "dynamic",
        "GG": "string",
        "II": "int",
        "RR": "real",
        "Text": "string",
    }
    columns = {name if len(name) > 1 else name * 2: kind for name, kind in columns.items()}
    rest.table("Types_CL", columns)
    flow = {
        "streams": ["Custom-T"],
        "destinations": ["law"],
        "transformKql": "source | extend GG = toguid(GG)",
        "outputStream": "Custom-Types_CL",
    }
    rule = rest.make_rule(None, streams, dataFlows=[flow])
    rest.grant(rule["id"])
    guid = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"
    rest.ingest(
        rule,
        [
            {
                "TimeGenerated": NOW.isoformat(),
                "BB": True,
                "DD": {"a": [1]},
                "GG": guid,
                "II": 3,
                "RR": 1.5,
                "Text": "x",
            },
            {"TimeGenerated": NOW.isoformat()},
        ],
    )
    reply = rest.query("Types_CL | sort by Text desc | project BB, DD, GG, II, RR, Text").body["tables"][0]
    assert [column["type"] for column in reply["columns"]] == ["bool", "dynamic", "string", "int", "real", "string"]
    assert reply["rows"] == [[True, '{"a":[1]}', guid, 3, 1.5, "x"], [None, None, "", None, None, ""]]


@pytest.mark.parametrize(
    ("text", "inner"),
    [("T_CL | where", "SyntaxError"), ("T_CL | where Nope == 1", "SemanticError"), ("Nowhere_CL", "SemanticError")],
)
def test_a_wrong_query_is_answered_as_documented(rest, text, inner):
    reply = rest.query(text)
    assert (reply.status, reply.code) == (400, "BadArgumentError")
    assert reply.body["error"]["innererror"]["code"] in {inner, "SyntaxError", "SemanticError"}
    assert reply.body["error"]["innererror"]["innererror"]["message"]


def test_several_queries_go_in_one_batch(rest, rule):
    rest.ingest(rule, [row()])
    guid = rest.arm("GET", Rest.workspace).body["properties"]["customerId"]
    parts = [
        {"id": "1", "workspace": guid, "body": {"query": "T_CL | count"}},
        {"id": "2", "workspace": guid, "body": {"query": "oops("}},
    ]
    headers = {"Authorization": f"Bearer {rest.token('https://api.loganalytics.io')}"}
    first, second = rest.send("POST", "/v1/$batch", {"requests": parts}, headers).body["responses"]
    assert (first["status"], first["body"]["tables"][0]["rows"]) == (200, [[1]])
    assert (second["status"], second["body"]["error"]["code"]) == (400, "BadArgumentError")


def test_prefer_asks_for_statistics_and_rendering(rest, rule):
    guid = rest.arm("GET", Rest.workspace).body["properties"]["customerId"]
    token = rest.token()
    headers = {"Authorization": f"Bearer {token}", "Prefer": "wait=30,include-statistics=true,include-render=true"}
    url = f"{rest.group}/{Rest.workspace}/query?api-version=2017-10-01"
    reply = rest.send("POST", url, {"query": "T_CL | count"}, headers)
    assert set(reply.body) == {"tables", "statistics", "render"}
    assert guid


def test_network_access_switches_are_obeyed(rest, rule, azure_monitor):
    rest.arm("PATCH", Rest.workspace, {"properties": {"publicNetworkAccessForIngestion": "Disabled"}})
    assert rest.ingest(rule, [row()]).status == 204
    assert rest.rows("T_CL") == []
    assert reasons(azure_monitor) == {("IngestionDisabled", ""): 1}
    rest.arm("PATCH", Rest.workspace, {"properties": {"publicNetworkAccessForQuery": "Disabled"}})
    assert rest.query("T_CL").code == "InsufficientAccessError"
    rest.arm(
        "PUT",
        Rest.endpoint,
        {"location": "westeurope", "properties": {"networkAcls": {"publicNetworkAccess": "Disabled"}}},
    )
    assert rest.ingest(rule, [row()]).status == 403


def test_ingestion_time_is_when_the_row_was_received(rest, rule):
    rest.ingest(rule, [row(time=NOW - timedelta(hours=5))])
    columns = (
        'Same = ingestion_time() == _TimeReceived, Late = ingestion_time() > TimeGenerated, T = "ingestion_time()"'
    )
    assert rest.rows(f"T_CL | project {columns}") == [[True, True, "ingestion_time()"]]
