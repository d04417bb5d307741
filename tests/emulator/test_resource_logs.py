"""Rows that come through no rule of their own, and the workspace's own rule."""

from __future__ import annotations

import pytest

from tests.support.azure_rest import Rest

RULE = "providers/Microsoft.Insights/dataCollectionRules/dcr-own"


@pytest.fixture
def rest(azure_monitor):
    rest = Rest(azure_monitor)
    rest.create_prerequisites()
    return rest


def own_rule(rest, transform, stream="Microsoft-Table-Syslog", kind="WorkspaceTransforms"):
    workspace = rest.arm("GET", Rest.workspace).body["id"]
    body = {
        "location": "westeurope",
        "kind": kind,
        "properties": {
            "destinations": {"logAnalytics": [{"name": "law", "workspaceResourceId": workspace}]},
            "dataFlows": [{"streams": [stream], "destinations": ["law"], "transformKql": transform}],
        },
    }
    return rest.arm("PUT", RULE, body)


def bind(rest, rule=RULE):
    body = {"properties": {"defaultDataCollectionRuleResourceId": f"{rest.group}/{rule}" if rule else None}}
    return rest.arm("PATCH", Rest.workspace, body)


def log(rest, *facilities, table="Syslog"):
    rows = [{"TimeGenerated": "2026-01-01T10:00:00Z", "Facility": facility} for facility in facilities]
    headers = {"Authorization": f"Bearer {rest.token()}", "Content-Type": "application/json"}
    path = f"/emulator/resource-logs/{rest.azure.subscription}/rg/law1/{table}"
    return rest.send("POST", path, rows, headers)


def facilities(rest):
    return sorted(row[0] for row in rest.rows("Syslog | project Facility"))


def test_the_own_rule_holds_for_rows_that_come_through_no_other(rest):
    assert own_rule(rest, 'source | where Facility != "cron"').status == 200
    assert bind(rest).status == 200
    assert log(rest, "cron", "auth").status == 204
    assert facilities(rest) == ["auth"]


def test_without_it_rows_are_stored_as_they_come(rest):
    own_rule(rest, 'source | where Facility != "cron"')
    log(rest, "cron")
    bind(rest)
    bind(rest, None)
    log(rest, "auth")
    assert facilities(rest) == ["auth", "cron"]


def test_a_table_that_the_rule_does_not_name_is_left_alone(rest):
    own_rule(rest, "source | where false", stream="Microsoft-Table-CommonSecurityLog")
    bind(rest)
    log(rest, "cron")
    assert facilities(rest) == ["cron"]


@pytest.mark.parametrize("stream", ["Microsoft-Table-Heartbeat", "Microsoft-Table-Nothing", "Microsoft-Table-X_CL"])
def test_a_table_that_no_workspace_transforms_is_refused(rest, stream):
    assert own_rule(rest, "source", stream=stream).status == 400


def test_a_workspace_names_a_rule_of_the_kind_alone(rest):
    rest.make_rule()
    assert bind(rest, "providers/Microsoft.Insights/dataCollectionRules/none").status == 400
    assert bind(rest, Rest.rule).status == 400


def test_a_body_or_a_table_that_is_none_is_refused(rest):
    assert log(rest, "a", table="Nothing").status == 404
    headers = {"Authorization": f"Bearer {rest.token()}"}
    path = f"/emulator/resource-logs/{rest.azure.subscription}/rg/law1/Syslog"
    for body in ("{", "{}", "[1]"):
        assert rest.send("POST", path, body, headers).status == 400
