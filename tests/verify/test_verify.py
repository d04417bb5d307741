"""Verify: which records are sent, how they are marked, what is foretold, and what the run leaves behind."""

from __future__ import annotations

import datetime as dt
import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner import kql
from provisioner.azure import connect_local
from provisioner.cli.main import run
from provisioner.model import Columns, Flow, Manifest, Stream, Table, Target, TransformTest, Workspace, column_type
from provisioner.probes.arrival import Arrival, ColumnArrival, Diagnosis, RowArrival, VerifyResult
from provisioner.probes.bound_flow import lanes
from provisioner.probes.expected_row import Cell, foretell, instant
from provisioner.project import Project
from provisioner.transforms.transform_rows import Transforms
from provisioner.verify import report, synthetic_records
from provisioner.verify.marker import PREFIX, mark, new_run, shows
from provisioner.verify.sample_records import samples
from tests.support import corpus
from tests.support.verifying import MANIFEST, Environment

GUID = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
TYPES = ("string", "int", "long", "real", "boolean", "datetime", "dynamic")


def ways(transform, columns, table=None, **stream):
    """A stream with one flow (or several, by table), and its lanes."""
    flows = transform if isinstance(transform, dict) else {"T_CL": transform}
    made_stream = Stream(
        "Custom-S",
        "Custom-S",
        Columns(columns),
        tuple(Flow(name, text, written=True) for name, text in flows.items()),
        **stream,
    )
    tables = {"T_CL": Table("T_CL", Columns(table))} if table else {}
    manifest = Manifest(
        "x", Target("local", "s", "rg", "we"), Workspace("law", "we"), tables=tables, streams={"Custom-S": made_stream}
    )
    return made_stream, lanes(manifest, made_stream, Transforms(), {})


# -- samples


def test_records_of_tests_come_before_samples():
    test = TransformTest("t", ({"a": "from a test"},), {})
    stream, found = ways("source", {"a": "string"}, tests=(test,), samples=({"a": "from samples"},))
    assert samples(stream, found, NOW).records == ({"a": "from a test"},)


def test_records_that_reach_no_table_are_not_sent():
    stream, found = ways("source | where a == 'x'", {"a": "string"}, samples=({"a": "y"}, {"a": "x"}))
    chosen = samples(stream, found, NOW)
    assert chosen.records == ({"a": "x"},)
    assert chosen.filtered == 1


def test_a_time_that_azure_would_replace_is_moved_to_the_present():
    record = {"t": "2020-01-01T00:00:00Z", "u": "2020-01-01T00:00:00Z"}
    stream, found = ways("source | project TimeGenerated = t, u", {"t": "datetime", "u": "datetime"}, samples=(record,))
    (sent,) = samples(stream, found, NOW).records
    assert instant(sent["t"]) == NOW
    assert sent["u"] == record["u"], "only what feeds TimeGenerated"


def test_a_time_that_decides_about_the_row_stays():
    record = {"t": "2020-01-01T00:00:00Z"}
    stream, found = ways(
        "source | where t < datetime(2021-01-01) | project TimeGenerated = t", {"t": "datetime"}, samples=(record,)
    )
    assert samples(stream, found, NOW).records == (record,)


def test_columns_that_stay_null_in_all_records_get_a_record_that_fills_them():
    stream, found = ways("source", {"a": "string", "b": "int", "c": "dynamic"}, samples=({"a": "x"},))
    first, filled = samples(stream, found, NOW).records
    assert first == {"a": "x"}
    assert filled["a"] == "x"
    assert filled["b"] is not None
    assert filled["c"]


@pytest.mark.parametrize(
    "where",
    [
        "level == 'error'",
        "level in ('error', 'fatal') and code > 400",
        "body.kind == 'order'",
        "tostring(body.a.b) == 'x' or flag == false",
        "code between (100 .. 110)",
        "not(flag)",
        "level startswith 'warn' and message contains 'disk'",
        "toint(level) > 5 and isnotnull(todatetime(message))",
        "isnotempty(tostring(parse_json(message).user.name))",
    ],
)
def test_made_records_pass_the_filters_of_the_transform(where):
    columns = {"level": "string", "message": "string", "code": "int", "flag": "boolean", "body": "dynamic"}
    stream, found = ways(f"source | where {where}", columns)
    chosen = samples(stream, found, NOW)
    assert chosen.origin == "made"
    assert chosen.records, "a record that passes was found"
    assert found[0].row(chosen.records[0], NOW) is not None


def test_made_bags_hold_the_members_that_the_transform_looks_up():
    text = "source | project N = tostring(b.user.name), I = tolong(b['id']), T = todatetime(b.at)"
    stream, found = ways(text, {"b": "dynamic"})
    (record,) = samples(stream, found, NOW).records
    row = found[0].row(record, NOW)
    assert all(value not in (None, "") for value in row.values()), row


@pytest.mark.parametrize("type_", ["guid", "datetime"])
def test_a_made_text_can_become_what_the_table_holds(type_):
    """As a made transform has it: the text under another name on its way to the column of its own."""
    text = f"source | project-rename IdText = Id | extend Id = to{type_}(IdText) | project-away IdText"
    stream, found = ways(text, {"Id": "string"})
    (record,) = samples(stream, found, NOW).records
    assert found[0].row(record, NOW)["Id"]


@given(
    st.dictionaries(
        st.sampled_from(["id", "ip", "when", "level", "x1", "body", "Created"]), st.sampled_from(TYPES), min_size=1
    )
)
def test_made_records_have_a_value_of_its_type_in_every_column(columns):
    record = synthetic_records.record(columns, NOW)
    assert json.loads(json.dumps(record)) == record
    query, _ = kql.bind("source", Columns(columns).kql())
    (row,) = kql.evaluate(query, [record], form="json")
    assert all(row[name] not in (None, "") for name in columns)


def test_edge_records_reach_the_table_as_well():
    stream, found = ways(
        "source | where id != '' and n >= 0", {"id": "string", "n": "long", "b": "dynamic", "f": "boolean"}
    )
    chosen = samples(stream, found, NOW, edge=True)
    assert len(chosen.edges) >= 2
    assert all(found[0].row(each, NOW) is not None for each in chosen.edges)
    assert any(each["n"] == 2**63 - 1 for each in chosen.edges)
    assert any(each["id"].endswith("x" * 500) for each in chosen.edges)


# -- markers


@pytest.mark.parametrize(
    ("transform", "columns", "record", "where"),
    [
        ("source", {"a": "string"}, {"a": "x"}, "a"),
        ("source | project B = toupper(a)", {"a": "string"}, {"a": "x"}, "B"),
        ("source | project B = a, N = strlen(a)", {"a": "string", "b": "string"}, {"a": "x", "b": "y"}, None),
        ("source | where a == 'x' | project a, C = b", {"a": "string", "b": "string"}, {"a": "x", "b": "y"}, "C"),
        ("source | project A = tostring(o.id)", {"o": "dynamic"}, {"o": {"id": "1"}}, "A"),
        ("source | project A = o", {"o": "dynamic"}, {"o": {"n": 1}}, "A"),
        ("source | project G = toguid(g), A = a", {"g": "string", "a": "string"}, {"g": GUID, "a": "x"}, "A"),
        ("source | project A = a", {"a": "string", "n": "int"}, {"n": 1}, "A"),
        ("source | project N = n", {"n": "int"}, {"n": 1}, None),
        ("source | extend h = hash_sha256(a) | project h", {"a": "string"}, {"a": "x"}, None),
        ("source | parse a with 'id=' Id ' ' Rest | project Id, Rest", {"a": "string"}, {"a": "id=7 tail"}, "Rest"),
    ],
)  # fmt: skip
def test_the_marker_stands_where_it_survives_and_changes_nothing_else(transform, columns, record, where):
    stream, found = ways(transform, columns)
    word = f"{new_run()}-0"
    marked = mark(record, stream.columns, found, word, NOW)
    assert marked.columns.get("T_CL") == where
    before, after = found[0].row(record, NOW), found[0].row(marked.record, NOW)
    if where is None:
        assert marked.record == record
    else:
        assert shows(after[where], word)
        assert {name for name in after if after[name] != before[name]} <= {
            name for name in after if shows(after[name], word)
        }


def test_a_marker_reaches_every_table_of_the_stream():
    flows = {
        "T_CL": "source | project TimeGenerated = t, A = a",
        "U_CL": "source | where n > 1 | project TimeGenerated = t, B = b",
    }
    stream, found = ways(flows, {"t": "datetime", "a": "string", "b": "string", "n": "int"})
    marked = mark(
        {"t": "2026-06-01T12:00:00Z", "a": "x", "b": "y", "n": 5}, stream.columns, found, f"{new_run()}-0", NOW
    )
    assert marked.columns == {"T_CL": "A", "U_CL": "B"}
    marked = mark(
        {"t": "2026-06-01T12:00:00Z", "a": "x", "b": "y", "n": 0}, stream.columns, found, f"{new_run()}-0", NOW
    )
    assert marked.columns == {"T_CL": "A"}


def test_a_marker_behind_text_that_azure_cuts_does_not_count():
    stream, found = ways("source", {"a": "string", "b": "string"})
    marked = mark({"a": "x" * 70_000, "b": "y"}, stream.columns, found, f"{new_run()}-0", NOW)
    assert marked.columns == {"T_CL": "a"} or marked.columns == {"T_CL": "b"}
    row = found[0].row(marked.record, NOW)
    assert shows(row[marked.columns["T_CL"]], PREFIX)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.recursive(
            st.none() | st.booleans() | st.integers(-5, 5) | st.text("xy z", max_size=5),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("pq"), inner, max_size=2),
            max_leaves=6,
        ),
    )
)  # fmt: skip
def test_a_marked_record_is_the_record_but_for_the_marker(record):
    stream, found = ways("source", dict.fromkeys("abcd", "dynamic"))
    original = json.dumps(record, sort_keys=True)
    word = f"{new_run()}-7"
    marked = mark(record, stream.columns, found, word, NOW)
    assert json.dumps(record, sort_keys=True) == original, "the author's record is never changed"
    if marked.columns:
        assert shows(marked.record, word)


# -- what is foretold


def told(transform, columns, record, table=None, now=NOW, unwritten=()):
    query, diagnostics = kql.bind(transform, columns)
    assert query is not None, diagnostics
    (row,) = kql.evaluate(query, [record], now=now, form="json")
    return foretell(query, row, table, now, unwritten=unwritten)


@pytest.mark.parametrize(
    ("time", "kind"),
    [
        ("2026-06-01T11:00:00Z", "value"),
        ("2026-05-30T12:00:01Z", "value"),
        ("2026-05-30T11:59:59Z", "received"),
        ("2026-06-02T11:59:59Z", "value"),
        ("2026-06-02T12:00:01Z", "received"),
        (None, "received"),
    ],
)
def test_a_time_out_of_azures_window_becomes_that_of_receipt(time, kind):
    cells = told("source", {"TimeGenerated": "datetime"}, {"TimeGenerated": time})
    assert cells["TimeGenerated"].kind == kind


def test_columns_that_the_table_lacks_are_not_expected():
    cells = told("source", {"a": "string", "b": "string"}, {"a": "x", "b": "y"}, {"a": "string"})
    assert list(cells) == ["a"]


def test_text_beyond_the_limit_is_expected_cut():
    cell = told("source", {"a": "string"}, {"a": "x" * 70_000})["a"]
    assert cell.kind == "cut"
    assert cell.holds("x" * 65_536, NOW, NOW)
    assert not cell.holds("y" * 65_536, NOW, NOW)
    assert not cell.holds("", NOW, NOW)


def test_what_nobody_can_foretell_is_expected_to_be_there():
    cell = told("source | extend n = now()", {"a": "string"}, {"a": "x"})["n"]
    assert cell.kind == "present"
    assert cell.holds("2026-06-01T12:00:00Z", NOW, NOW)
    assert not cell.holds(None, NOW, NOW)


def test_what_only_azure_can_look_up_may_be_anything():
    cell = told("source | extend n = geo_location(a)", {"a": "string"}, {"a": "1.2.3.4"})["n"]
    assert cell.kind == "any"
    assert cell.holds(None, NOW, NOW)
    assert cell.holds({"Country": "Norway"}, NOW, NOW)


def test_a_record_without_a_time_is_stored_nowhere_and_so_not_sent():
    columns = {"t": "datetime", "a": "string"}
    stream, found = ways(
        "source | project TimeGenerated = t, a", columns, samples=({"a": "x"}, {"a": "y", "t": NOW.isoformat()})
    )
    chosen = samples(stream, found, NOW)
    assert [each["a"] for each in chosen.records] == ["y"]
    assert chosen.filtered == 1


def test_a_time_of_receipt_holds_around_the_time_of_sending_only():
    cell = Cell("received", "datetime")
    assert cell.holds("2026-06-01T12:00:30.0000000Z", NOW, NOW + dt.timedelta(minutes=1))
    assert not cell.holds("2026-06-01T13:00:00.0000000Z", NOW, NOW + dt.timedelta(minutes=1))
    assert not cell.holds(None, NOW, NOW)


def test_a_column_that_no_transform_writes_never_holds():
    cell = told("source", {"a": "string"}, {"a": "x"}, {"a": "string", "b": "string"}, unwritten=("b",))["b"]
    assert not cell.holds("anything", NOW, NOW)
    assert cell.json() == "(declared in the table, never written by the transform)"


# -- a whole run


@pytest.fixture
def made_environment(tmp_path, azure_monitor):
    """Applies a manifest to an empty emulator."""
    opened = []

    def make(text=MANIFEST):
        opened.append(Environment.made(tmp_path, azure_monitor, text))
        return opened[-1]

    yield make
    for each in opened:
        each.azure.close()


def test_a_row_is_sent_found_and_compared_column_by_column(made_environment):
    found = made_environment().verify()
    (arrival,) = found.streams
    assert found.ok
    assert (arrival.sent, arrival.arrived) == (1, 1)
    cells = {each.name: each for each in arrival.rows[0].columns}
    assert list(cells) == ["TimeGenerated", "OrderId", "Amount", "Express", "Raw"]
    assert cells["OrderId"].arrived == f"A1 {found.run_id}-0"
    assert cells["Raw"].arrived == {"a": 1}
    assert arrival.seconds is not None


def test_members_and_types_that_azure_loses_in_silence_are_told(made_environment):
    env = made_environment(MANIFEST.replace("id: A1", "id: A1, extra: 1"))
    (arrival,) = env.verify().streams
    assert arrival.ok
    assert arrival.notes == ("the stream does not declare extra: Azure drops them in silence",)


def test_the_right_to_send_is_taken_back_afterwards(made_environment):
    env = made_environment()
    assert env.verify().ok
    assert env.grants() == []
    assert env.verify(keep=True).ok
    assert len(env.grants()) == 1


def test_a_right_that_was_there_before_stays(made_environment):
    env = made_environment()
    env.grant(env.id("dcr", "dcr-shop"))
    assert env.verify().ok
    assert len(env.grants()) == 1


def test_the_right_is_taken_back_when_the_run_breaks(made_environment):
    env = made_environment()

    def interrupt(event):
        if "sending" in event.message:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        env.verify(progress=interrupt)
    assert env.grants() == []


def test_two_runs_do_not_see_each_others_rows(made_environment):
    env = made_environment()
    first, second = env.verify(), env.verify()
    assert first.run_id != second.run_id
    assert [each.arrived for each in (*first.streams, *second.streams)] == [1, 1]


def test_the_kql_that_is_told_leaves_test_rows_out(made_environment):
    env = made_environment()
    found = env.verify()
    ((table, where),) = found.exclude
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


def test_rows_that_can_carry_no_marker_are_known_by_time_and_values(made_environment):
    env = made_environment(NUMBERS)
    for _ in range(2):
        found = env.verify()
        assert found.ok
        assert "known by time and values" in found.streams[0].notes[-1]
        assert found.exclude == ()


def test_a_direct_rule_is_sent_to_at_its_own_endpoint(made_environment):
    env = made_environment(NUMBERS)
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


def test_several_tables_of_all_plans_are_verified_in_one_run(made_environment):
    env = made_environment(SEVERAL)
    found = env.verify()
    assert {(each.stream, each.table): (each.sent, each.arrived, each.ok) for each in found.streams} == {
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


def test_tables_of_azures_own_take_rows_too(made_environment):
    found = made_environment(BUILT_IN).verify()
    assert found.ok, found.streams
    cells = {each.stream: {one.name for one in each.rows[0].columns} for each in found.streams}
    assert cells["Custom-Cef"] == {"TimeGenerated", "DeviceVendor", "Shop_CF", "DestinationPort"}
    assert cells["Custom-Host"] == {"TimeGenerated", "SyslogMessage"}


def test_a_closed_endpoint_is_told_before_any_waiting(made_environment):
    env = made_environment()

    def close(body):
        body["properties"]["networkAcls"]["publicNetworkAccess"] = "SecuredByPerimeter"

    env.change("endpoint", "dce-shop", close)
    events = []
    (arrival,) = env.verify(pace=env.patient, progress=events.append).streams
    assert arrival.diagnosis.code == "endpoint-closed"
    assert "wait" not in {each.kind for each in events}


def test_one_stream_of_many_can_be_chosen(made_environment):
    found = made_environment(SEVERAL).verify(streams=["Custom-Aux"])
    assert {each.stream for each in found.streams} == {"Custom-Aux"}


def test_a_stream_that_is_not_there_is_no_proof(made_environment):
    with pytest.raises(ValueError, match="no stream 'Custom-None'"):
        made_environment(SEVERAL).verify(streams=["Custom-None"])


def test_one_query_asks_for_all_analytics_tables(made_environment):
    env = made_environment(
        SEVERAL.replace("plan: basic, ", "").replace("plan: auxiliary, ", "").replace("Level: 4}", "Level: 4}")
    )
    before = env.monitor.requests()
    assert env.verify().ok
    after = env.monitor.requests()
    assert after["ingestion"] - before["ingestion"] == 2, "one call for each stream"
    assert after["query"] - before["query"] <= 3


def test_a_column_that_no_transform_writes_is_named_after_apply(made_environment):
    env = made_environment(MANIFEST.replace(", Amount = amount", ""))
    found = env.verify()
    (arrival,) = found.streams
    assert not found.ok
    assert arrival.diagnosis.code == "column-never-written"
    assert "Amount" in arrival.diagnosis.message
    cell = next(each for each in arrival.rows[0].columns if each.name == "Amount")
    assert cell.expected == "(declared in the table, never written by the transform)"
    assert "✗ Amount" in report.text(found)


def test_progress_tells_what_is_waited_for(made_environment):
    env = made_environment()
    env.monitor.fault("rbac_delay", seconds=0.5)
    events = []
    assert env.verify(progress=events.append, pace=env.patient).ok
    assert any(each.kind == "wait" and "does not count yet" in each.message for each in events)
    assert [each.kind for each in events].count("done") == 2, "the grant, and the row"


def test_a_rule_that_catches_up_is_waited_for_and_sent_to_again(made_environment):
    env = made_environment()
    whole = env.get("dcr", "dcr-shop")

    def lose(body):
        flow = body["properties"]["dataFlows"][0]
        flow["transformKql"] = flow["transformKql"].replace("Amount = amount, ", "")

    env.change("dcr", "dcr-shop", lose)
    env.monitor.fault("stale_rules", seconds=1.0)
    env.put("dcr", "dcr-shop", whole)
    found = env.verify(pace=env.patient)
    assert found.ok, found.streams[0].diagnosis


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("where amount > 0", "where amount > 0 and amount < 0", "no-record"),
        ("where amount > 0", "where amnt > 0", "transform-errors"),
    ],
)
def test_what_cannot_be_tried_is_told_without_sending(made_environment, old, new, code):
    env = made_environment()
    whole = env.manifest
    stream = whole.streams["Custom-Orders"]
    (flow,) = stream.flows
    changed = replace(stream, flows=(replace(flow, transform=flow.transform.replace(old, new)),))
    env.manifest = replace(whole, streams={"Custom-Orders": changed})
    before = env.monitor.requests()["ingestion"]
    (arrival,) = env.verify().streams
    assert arrival.diagnosis.code == code
    assert env.monitor.requests()["ingestion"] == before
    assert "nothing sent" in report.text(env.verify())


# -- reading only


READ = MANIFEST + "verify: {send: false}\ngrants: {me: {principal: self}}\n"


def test_where_nothing_may_be_sent_nothing_is_sent(made_environment):
    env = made_environment(READ)
    before = env.monitor.requests()["ingestion"]
    found = env.verify()
    assert found.ok, found.streams
    assert not found.sent
    assert env.monitor.requests()["ingestion"] == before
    assert any("no row in the last 30 days" in note for note in found.streams[0].notes)
    assert "could be checked without sending" in report.text(found)


def test_reading_tells_the_newest_row(made_environment):
    env = made_environment(READ)
    assert env.verify(send=True).ok
    found = env.verify()
    assert any(note.startswith("newest row 20") and "1 row " in note for note in found.streams[0].notes)


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda env: env.delete("dcr", "dcr-shop"), "rule-missing"),
        (lambda env: env.delete("table", "Orders_CL"), "table-missing"),
        (lambda env: env.delete("grant", "me/dcr-shop"), "grant-missing"),
        (lambda env: env.monitor.fault("over_quota"), "daily-cap"),
        (lambda env: env.change("dcr", "dcr-shop", lambda body: body["properties"]["dataFlows"][0].update(
            transformKql="source | project TimeGenerated = placed, OrderId = id, Amount = 1.0, Express = express"
        )), "transform-other"),
        (lambda env: env.change("table", "Orders_CL", lambda body: body["properties"]["schema"].update(
            columns=[each for each in body["properties"]["schema"]["columns"] if each["name"] != "Amount"]
        )), "column-not-in-table"),
    ],
)  # fmt: skip
def test_reading_names_what_is_wrong(made_environment, harm, code):
    env = made_environment(READ)
    harm(env)
    found = env.verify()
    assert [each.diagnosis.code for each in found.streams if each.diagnosis] == [code]


# -- reports


ROW = RowArrival(
    (ColumnArrival("A", "x", "x", ok=True), ColumnArrival("B", "long " * 50, "long " * 49 + "wrong", ok=False))
)
BAD = Arrival(
    "Custom-S", "T_CL", "dcr", 1, 1, ok=False, seconds=1.25, rows=(ROW,),
    diagnosis=Diagnosis("values-differ", "B is wrong", ("seen", ""), "look"),
)  # fmt: skip


def test_the_text_marks_the_cell_that_differs_and_shows_where():
    text = report.text(VerifyResult("run1", (BAD,)))
    line = next(each for each in text.splitlines() if "✗ B" in each)
    assert "wrong" in line
    assert len(line) < 160
    assert "values-differ: B is wrong" in text
    assert "next: look" in text
    assert "\x1b[" not in text
    assert "\x1b[31m" in report.text(VerifyResult("run1", (BAD,)), color=True)


def test_json_and_junit_have_their_public_shape():
    result = VerifyResult("run1", (BAD,))
    data = json.loads(report.json(result))
    assert data["version"] == 1
    assert data["run_id"] == "run1"
    (stream,) = data["streams"]
    assert {"stream", "table", "dcr", "sent", "arrived", "seconds", "ok", "diagnosis", "rows"} <= stream.keys()
    assert stream["diagnosis"].keys() == {"code", "message", "evidence", "next"}
    assert stream["rows"][0]["columns"][0] == {"name": "A", "expected": "x", "arrived": "x", "ok": True}
    case = ET.fromstring(report.junit(result)).find(".//testcase")
    assert case.find("failure").get("message") == "B is wrong"


# -- published transforms


@pytest.mark.skipif(not corpus.CORPUS.exists(), reason="the corpus of published transforms is not beside the project")
def test_published_transforms_are_probed_with_made_records():
    """From nothing but columns and transform: a record that comes through, and a marker wherever one can survive."""
    marked = without = 0
    for connector in corpus.connectors():
        columns = {each["name"]: each["type"] for each in connector["streamColumns"]}
        columns = {name: known.name if (known := column_type(type_)) else "string" for name, type_ in columns.items()}
        stream, found = ways(connector["transformKql"], columns)
        chosen = samples(stream, found, NOW)
        without += not chosen.records
        for record in chosen.records:
            word = f"{new_run()}-0"
            made_record = mark(record, stream.columns, found, word, NOW)
            before, after = found[0].row(record, NOW), found[0].row(made_record.record, NOW)
            for name in after.keys() - found[0].query.volatile:
                assert shows(after[name], word) or after[name] == before[name], (connector["id"], name)
            marked += bool(made_record.columns)
            assert all(shows(after[name], word) for name in made_record.columns.values())
    assert marked >= 150
    assert without <= 3, "one that drops everything, and those that split a text whose shape nobody can guess"


# -- the command


def test_the_command_answers_by_its_exit_code_and_formats(made_environment, tmp_path, monkeypatch, capsys):
    env = made_environment()
    monkeypatch.setattr(Project, "connect", lambda *_, **__: connect_local(env.manifest.target, env.monitor.ready))
    path = str(tmp_path)
    assert run(["verify", path]) == 0
    out, err = capsys.readouterr()
    assert "✓ Custom-Orders → Orders_CL" in out
    assert "Orders_CL | where not(OrderId hasprefix" in out
    assert "object id" in err, "who acts is said first"
    assert run(["verify", path, "--format", "json", "--stream", "Custom-Orders", "--edge"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert told["streams"][0]["arrived"] == told["streams"][0]["sent"] > 1
    env.delete("dcr", "dcr-shop")
    assert run(["verify", path, "--format", "junit"]) == 1
    assert ET.fromstring(capsys.readouterr().out).get("failures") == "1"
    assert run(["verify", path, "--stream", "Custom-Nothing"]) == 64
