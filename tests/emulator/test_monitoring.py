"""What a rule logs of lost rows, the settings that keep it, and many reads in one request."""

from __future__ import annotations

import uuid

import pytest

from tests.support.azure_rest import Rest

SETTINGS = f"{Rest.rule}/providers/Microsoft.Insights/diagnosticSettings"
VERSION = "api-version=2021-05-01-preview"


@pytest.fixture
def rest(azure_monitor):
    rest = Rest(azure_monitor)
    rest.create_prerequisites()
    rest.make_rule("source | where Text != 'drop'")
    rest.grant(f"{rest.group}/{Rest.rule}")
    return rest


def send(rest, *texts):
    rule = rest.arm("GET", Rest.rule).body
    rows = [{"TimeGenerated": "2026-01-01T10:00:00Z", "Text": text, "Count": 1} for text in texts]
    assert rest.ingest(rule, rows).status == 204


def workspace_id(rest):
    return rest.arm("GET", Rest.workspace).body["id"]


def keep_errors(rest, name="errors", enabled=True, category="LogErrors"):
    body = {"workspaceId": workspace_id(rest), "logs": [{"category": category, "enabled": enabled}]}
    return rest.arm("PUT", f"{SETTINGS}/{name}", {"properties": body})


def logged(rest):
    return rest.rows("DCRLogErrors | project OperationName, InputStreamId, Message, _ResourceId")


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ({}, 400),
        ({"logs": [{"category": "LogErrors", "enabled": True}]}, 400),
        ({"workspaceId": "W", "logs": [{"category": "Audit", "enabled": True}]}, 400),
        ({"workspaceId": "W", "logs": [{"category": "LogTroubleshooting", "enabled": True}]}, 200),
        ({"storageAccountId": "/s", "logs": []}, 200),
    ],
)
def test_a_setting_has_a_sink_and_categories_that_there_are(rest, properties, status):
    if "workspaceId" in properties:
        properties = {**properties, "workspaceId": workspace_id(rest)}
    assert rest.arm("PUT", f"{SETTINGS}/x", {"properties": properties}).status == status


def test_a_category_goes_to_a_workspace_once(rest):
    assert keep_errors(rest).status == 200
    assert keep_errors(rest).status == 200
    second = keep_errors(rest, "other")
    assert (second.status, second.code) == (409, "Conflict")
    assert keep_errors(rest, "other", category="LogTroubleshooting").status == 200
    assert rest.arm("DELETE", f"{SETTINGS}/errors").status == 200
    assert keep_errors(rest, "other").status == 200


def test_lost_rows_are_rows_of_the_log_where_a_setting_keeps_them(rest, azure_monitor):
    azure_monitor.fault("lost_rows")
    send(rest, "a")
    assert logged(rest) == []
    keep_errors(rest, enabled=False)
    send(rest, "a")
    assert logged(rest) == []
    keep_errors(rest)
    send(rest, "a", "b")
    [[operation, stream, message, resource]] = logged(rest)
    assert (operation, stream) == ("Ingestion", "Custom-T")
    assert "rows: 2" in message
    assert resource == rest.arm("GET", Rest.rule).body["id"].lower()


def test_what_a_transform_lets_go_on_purpose_is_no_error(rest):
    keep_errors(rest)
    send(rest, "drop")
    assert logged(rest) == []


def test_the_log_comes_with_the_delay_of_rows(rest, azure_monitor):
    keep_errors(rest)
    azure_monitor.fault("late_rows", seconds=600)
    azure_monitor.fault("lost_rows")
    send(rest, "a")
    assert logged(rest) == []


def test_a_batch_answers_each_read_as_if_it_had_come_alone(rest):
    keep_errors(rest)
    path = rest.arm("GET", Rest.rule).body["id"]
    urls = {
        f"{path}?api-version=2024-03-11": 200,
        f"{path}/providers/Microsoft.Insights/diagnosticSettings?{VERSION}": 200,
        f"{path}x?api-version=2024-03-11": 404,
        path: 400,
    }
    requests = [{"httpMethod": "GET", "name": str(uuid.uuid4()), "relativeUrl": url} for url in urls]
    reply = rest.arm("POST", "/batch", {"requests": requests})
    answers = {answer["name"]: answer for answer in reply.body["responses"]}
    assert [answers[part["name"]]["httpStatusCode"] for part in requests] == [*urls.values()]
    assert answers[requests[1]["name"]]["content"]["value"][0]["name"] == "errors"


@pytest.mark.parametrize("body", [{}, {"requests": []}, {"requests": "x"}, {"requests": [1]}, {"requests": [{}] * 501}])
def test_a_batch_that_is_none_is_refused(rest, body):
    assert rest.arm("POST", "/batch", body).status == 400


def test_a_data_export_keeps_the_id_that_it_was_given(rest):
    path = f"{Rest.workspace}/dataExports/e1"
    body = {"properties": {"tableNames": ["T_CL"], "destination": {"resourceId": "/s"}}}
    first = rest.arm("PUT", path, body).body["properties"]["dataExportId"]
    assert rest.arm("PUT", path, body).body["properties"]["dataExportId"] == first
    assert uuid.UUID(first)
