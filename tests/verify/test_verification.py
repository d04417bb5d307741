"""A whole run: records sent, found and compared, and what the run leaves behind."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from provisioner.verify import report
from tests.support.verifying import MANIFEST


def test_a_row_is_sent_found_and_compared_column_by_column(applied):
    result = applied().verify()
    (arrival,) = result.streams
    assert result.ok
    assert (arrival.sent, arrival.arrived) == (1, 1)
    cells = {cell.name: cell for cell in arrival.rows[0].columns}
    assert list(cells) == ["TimeGenerated", "OrderId", "Amount", "Express", "Raw"]
    assert cells["OrderId"].arrived == f"A1 {result.run_id}-0"
    assert cells["Raw"].arrived == {"a": 1}
    assert arrival.seconds is not None


def test_members_that_azure_drops_without_an_error_are_named(applied):
    env = applied(MANIFEST.replace("id: A1", "id: A1, extra: 1"))
    (arrival,) = env.verify().streams
    assert arrival.ok
    assert arrival.notes == ("the stream does not declare extra: Azure drops them without an error",)


def test_the_right_to_send_is_taken_back_afterwards(applied):
    env = applied()
    assert env.verify().ok
    assert env.grants() == []
    assert env.verify(keep_grant=True).ok
    assert len(env.grants()) == 1


def test_a_right_that_was_there_before_stays(applied):
    env = applied()
    env.grant(env.id("dcr", "dcr-shop"))
    assert env.verify().ok
    assert len(env.grants()) == 1


def test_the_right_is_taken_back_when_the_run_breaks(applied):
    env = applied()

    def interrupt(event):
        if "sending" in event.message:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        env.verify(progress=interrupt)
    assert env.grants() == []


def test_two_runs_do_not_see_each_others_rows(applied):
    env = applied()
    first, second = env.verify(), env.verify()
    assert first.run_id != second.run_id
    assert [arrival.arrived for arrival in (*first.streams, *second.streams)] == [1, 1]


def test_the_shown_kql_leaves_test_rows_out(applied):
    env = applied()
    result = env.verify()
    ((table, where),) = result.exclude
    workspace = env.get("workspace", "law-shop")["properties"]["customerId"]
    assert env.azure.query.run(workspace, f"{table} | count") == [{"Count": 1}]
    assert env.azure.query.run(workspace, f"{table} {where} | count") == [{"Count": 0}]


NUMBERS = """\
version: 1
name: shop
target: {cloud: local, resource_group: rg-shop, location: westeurope}
workspace: {name: law-shop}
tables: {Numbers_CL: {columns: {TimeGenerated: datetime, Value: real}}}
streams:
  Custom-Numbers:
    columns: {TimeGenerated: datetime, Value: real}
    table: Numbers_CL
"""


def test_rows_that_can_carry_no_marker_are_known_by_time_and_values(applied):
    env = applied(NUMBERS)
    for _ in range(2):
        result = env.verify()
        assert result.ok
        assert "known by time and values" in result.streams[0].notes[-1]
        assert result.exclude == ()


def test_a_direct_rule_is_sent_to_at_its_own_endpoint(applied):
    env = applied(NUMBERS)
    assert "/direct/" in env.outputs().dcrs["dcr-shop"].endpoint
    assert env.verify().ok


SEVERAL = """\
version: 1
name: shop
target: {cloud: local, resource_group: rg-shop, location: westeurope}
workspace: {name: law-shop}
endpoint: {name: dce-shop}
tables:
  All_CL: {columns: {TimeGenerated: datetime, Message: string, Level: int}}
  Bad_CL: {plan: basic, columns: {TimeGenerated: datetime, Text: string}}
  Aux_CL: {plan: auxiliary, columns: {TimeGenerated: datetime, Message: string}}
streams:
  Custom-Log:
    columns: {TimeGenerated: datetime, Message: string, Level: int}
    flows:
      - {table: All_CL}
      - {table: Bad_CL, transform: "source | where Level >= 3 | project TimeGenerated, Text = Message"}
    samples:
      - {TimeGenerated: "2026-01-01T10:00:00Z", Message: fine, Level: 1}
      - {TimeGenerated: "2026-01-01T10:00:00Z", Message: broken, Level: 4}
  Custom-Aux:
    table: Aux_CL
"""


def test_several_tables_of_all_plans_are_verified_in_one_run(applied):
    env = applied(SEVERAL)
    result = env.verify()
    assert {(one.stream, one.table): (one.sent, one.arrived, one.ok) for one in result.streams} == {
        ("Custom-Log", "All_CL"): (2, 2, True),
        ("Custom-Log", "Bad_CL"): (1, 1, True),
        ("Custom-Aux", "Aux_CL"): (1, 1, True),
    }


BUILT_IN = """\
version: 1
name: shop
target: {cloud: local, resource_group: rg-shop, location: westeurope}
workspace: {name: law-shop}
tables:
  CommonSecurityLog: {columns: {Shop_CF: string}}
streams:
  Custom-Cef:
    columns: {time: datetime, vendor: string, shop: string, port: int}
    table: CommonSecurityLog
    transform: |
      source
      | project TimeGenerated = time, DeviceVendor = vendor, Shop_CF = shop, DestinationPort = port, No = vendor
  Custom-Host:
    columns: {TimeGenerated: datetime, SyslogMessage: string}
    table: Syslog
    transform: source
"""


def test_tables_of_azures_own_take_rows_too(applied):
    result = applied(BUILT_IN).verify()
    assert result.ok, result.streams
    cells = {arrival.stream: {cell.name for cell in arrival.rows[0].columns} for arrival in result.streams}
    assert cells["Custom-Cef"] == {"TimeGenerated", "DeviceVendor", "Shop_CF", "DestinationPort"}
    assert cells["Custom-Host"] == {"TimeGenerated", "SyslogMessage"}


def test_a_closed_endpoint_is_named_before_any_waiting(applied):
    env = applied()

    def close(body):
        body["properties"]["networkAcls"]["publicNetworkAccess"] = "SecuredByPerimeter"

    env.change("endpoint", "dce-shop", close)
    events = []
    (arrival,) = env.verify(timing=env.patient, progress=events.append).streams
    assert arrival.diagnosis.code == "endpoint-closed"
    assert "wait" not in {event.kind for event in events}


def test_one_stream_of_many_can_be_chosen(applied):
    result = applied(SEVERAL).verify(streams=["Custom-Aux"])
    assert {arrival.stream for arrival in result.streams} == {"Custom-Aux"}


def test_a_stream_that_is_not_there_is_no_proof(applied):
    with pytest.raises(ValueError, match="no stream 'Custom-None'"):
        applied(SEVERAL).verify(streams=["Custom-None"])


def test_one_query_asks_for_all_analytics_tables(applied):
    env = applied(
        SEVERAL.replace("plan: basic, ", "").replace("plan: auxiliary, ", "").replace("Level: 4}", "Level: 4}")
    )
    before = env.monitor.requests()
    assert env.verify().ok
    after = env.monitor.requests()
    assert after["ingestion"] - before["ingestion"] == 2, "one call for each stream"
    assert after["query"] - before["query"] <= 3


def test_a_column_that_no_transform_writes_is_named_after_apply(applied):
    env = applied(MANIFEST.replace(", Amount = amount", ""))
    result = env.verify()
    (arrival,) = result.streams
    assert not result.ok
    assert arrival.diagnosis.code == "column-never-written"
    assert "Amount" in arrival.diagnosis.message
    cell = next(cell for cell in arrival.rows[0].columns if cell.name == "Amount")
    assert cell.expected == "(declared in the table, never written by the transform)"
    assert "✗ Amount" in report.format_text(result)


def test_progress_tells_what_is_waited_for(applied):
    env = applied()
    env.monitor.fault("rbac_delay", seconds=0.5)
    events = []
    assert env.verify(progress=events.append, timing=env.patient).ok
    assert any(event.kind == "wait" and "does not count yet" in event.message for event in events)
    assert [event.kind for event in events].count("done") == 2, "the grant, and the row"


def test_a_rule_that_catches_up_is_waited_for_and_sent_to_again(applied):
    env = applied()
    whole = env.get("dcr", "dcr-shop")

    def lose(body):
        flow = body["properties"]["dataFlows"][0]
        flow["transformKql"] = flow["transformKql"].replace("Amount = amount, ", "")

    # A rule made and changed at the same instant counts as made alone.
    env.monitor.fault("clock", now=(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)).isoformat())
    env.change("dcr", "dcr-shop", lose)
    env.monitor.fault("stale_rules", seconds=1.0)
    env.put("dcr", "dcr-shop", whole)
    result = env.verify(timing=env.patient)
    assert result.ok, result.streams[0].diagnosis


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("where amount > 0", "where amount > 0 and amount < 0", "no-record"),
        ("where amount > 0", "where amnt > 0", "transform-errors"),
    ],
)
def test_what_cannot_be_tried_is_named_without_sending(applied, old, new, code):
    env = applied()
    whole = env.manifest
    stream = whole.streams["Custom-Orders"]
    (flow,) = stream.flows
    changed = replace(stream, flows=(replace(flow, transform=flow.transform.replace(old, new)),))
    env.manifest = replace(whole, streams={"Custom-Orders": changed})
    before = env.monitor.requests()["ingestion"]
    (arrival,) = env.verify().streams
    assert arrival.diagnosis.code == code
    assert env.monitor.requests()["ingestion"] == before
    assert "nothing sent" in report.format_text(env.verify())
