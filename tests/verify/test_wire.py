"""What verify sends over the wire, and what it makes of answers that Azure gives seldom."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from dataclasses import replace

import pytest

from provisioner import errors
from provisioner.model import Columns, Flow, Manifest, Stream, Table, Target, Workspace
from provisioner.probes.bound_flow import lanes
from provisioner.probes.probe import Leg, Shot
from provisioner.transforms.transform_rows import Transforms
from provisioner.verify.row_lookup import Finder
from tests.azure.test_azure import Wire, connected

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
ROWS = {"tables": [{"name": "PrimaryResult", "columns": [{"name": "A", "type": "string"}], "rows": [["x"]]}]}


def test_records_leave_as_an_array_that_is_zipped():
    wire = Wire((204, None, {}))
    with connected(wire) as made:
        made.ingestion.send("https://dce", "dcr-1", "Custom-X", [{"a": "ü", "n": None}])
    (sent,) = wire.sent
    assert sent.url == "https://dce/dataCollectionRules/dcr-1/streams/Custom-X?api-version=2023-01-01"
    assert json.loads(gzip.decompress(sent.body)) == [{"a": "ü", "n": None}]


def test_basic_tables_are_asked_on_their_own_path_with_the_time_in_the_url():
    wire = Wire((200, ROWS, {}))
    with connected(wire) as made:
        assert made.query.run("w", "T_CL", "P1D", path="search") == [{"A": "x"}]
        assert made.query.run("w", "T_CL", "P1D") == [{"A": "x"}]
    search, query = wire.sent
    assert search.url.endswith("/v1/workspaces/w/search?timespan=P1D")
    assert json.loads(search.body) == {"query": "T_CL"}
    assert query.url.endswith("/v1/workspaces/w/query")
    assert json.loads(query.body) == {"query": "T_CL", "timespan": "P1D"}


def test_a_workspace_that_never_held_a_row_has_none():
    with connected(Wire((204, None, {}))) as made:
        assert made.query.run("w", "T_CL") == []


def test_a_part_of_an_answer_is_no_answer():
    partial = {**ROWS, "error": {"code": "PartialError", "message": "some shards timed out"}}
    with connected(Wire((200, partial, {}))) as made, pytest.raises(errors.CloudError, match="some shards") as caught:
        made.query.run("w", "T_CL")
    assert caught.value.code == "PartialError"


def leg(columns=("A",), cells="source"):
    stream = Stream("Custom-S", "Custom-S", Columns({"A": "string", "N": "int"}), (Flow("T_CL", cells, written=True),))
    table = {"T_CL": Table("T_CL", Columns({"A": "string", "N": "int"}))}
    manifest = Manifest("x", Target("local", "s", "g", "r"), Workspace("w", "r"), tables=table, streams={"S": stream})
    (lane,) = lanes(manifest, stream, Transforms(), {})
    record = {"A": "x provisionertestab-0", "N": 7}
    shot = Shot(stream, None, "https://dce", "dcr-1", [record], 0, NOW, accepted=NOW)
    return Leg(shot, lane, {0: lane.cells(record, NOW)}, frozenset(columns))


def found(rows):
    packed = [[0, json.dumps(row)] for row in rows]
    columns = [{"name": "Place", "type": "long"}, {"name": "Row", "type": "dynamic"}]
    return 200, {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": packed}]}, {}


GOOD, BAD = {"A": "x provisionertestab-0", "N": 7}, {"A": "x provisionertestab-0", "N": 8}


@pytest.mark.parametrize("rows", [[GOOD], [BAD, GOOD], [GOOD, BAD], [GOOD, GOOD]])
def test_of_rows_that_come_twice_the_best_counts(rows):
    one = leg()
    with connected(Wire(found(rows))) as made:
        Finder(made.query, "w", "provisionertestab").look([one])
    assert one.arrived


def test_rows_of_another_run_or_number_are_nobodys():
    one = leg()
    strangers = [{"A": "x provisionertestab-1", "N": 7}, {"A": "x provisionertestcd-0", "N": 7}, {"A": "x", "N": 7}]
    with connected(Wire(found(strangers))) as made:
        Finder(made.query, "w", "provisionertestab").look([one])
    assert one.missing == (0,)


def test_a_row_without_a_marker_is_known_by_its_values():
    one = leg(columns=())
    with connected(Wire(found([BAD, GOOD]))) as made:
        Finder(made.query, "w", "provisionertestab").look([one])
    assert one.arrived
    wire = Wire(found([]))
    with connected(wire) as made:
        Finder(made.query, "w", "provisionertestab").look([one])
    assert "N == int(7)" in json.loads(wire.sent[0].body)["query"], "a busy table must not hide it behind others"


def test_a_table_that_queries_do_not_know_yet_is_no_refusal():
    one = leg()
    said = "'where' operator: Failed to resolve table or column expression named 'T_CL'"
    error = {
        "error": {"code": "BadArgumentError", "message": "bad", "innererror": {"code": "SEM0100", "message": said}}
    }
    with connected(Wire((400, error, {}))) as made:
        Finder(made.query, "w", "provisionertestab").look([one])
    assert one.query_error is None
    assert one.unknown is not None
    with connected(Wire((400, {"error": {"code": "BadArgumentError", "message": "no"}}, {}))) as made:
        Finder(made.query, "w", "provisionertestab").look([one])
    assert one.query_error is not None


def test_one_table_that_cannot_be_asked_does_not_hide_the_others():
    good, bad = leg(), leg()
    bad.lane = replace(bad.lane, flow=Flow("U_CL", "source"))
    refusal = (400, {"error": {"code": "BadArgumentError", "message": "no"}}, {})
    with connected(Wire(refusal, found([GOOD]), refusal)) as made:
        Finder(made.query, "w", "provisionertestab").look([good, bad])
    assert good.arrived
    assert bad.query_error is not None


def test_a_refusal_is_raised_and_not_logged_besides(caplog):
    refusal = {"error": {"code": "OperationFailed", "message": "no right"}}
    with connected(Wire((403, refusal, {}))) as made, pytest.raises(errors.Forbidden, match="no right"):
        made.ingestion.send("https://dce", "dcr-1", "Custom-X", [{"a": 1}])
    assert not [each for each in caplog.records if each.levelname in {"WARNING", "ERROR"}]
