"""What verify sends over the wire, and how it reads answers that Azure gives seldom."""

from __future__ import annotations

import gzip
import json

import pytest

from provisioner import errors
from tests.azure.test_azure import ScriptedAdapter, connected

ROWS = {"tables": [{"name": "PrimaryResult", "columns": [{"name": "A", "type": "string"}], "rows": [["x"]]}]}


def test_records_leave_as_an_array_that_is_zipped():
    wire = ScriptedAdapter((204, None, {}))
    with connected(wire) as azure:
        azure.ingestion.send("https://dce", "dcr-1", "Custom-X", [{"a": "ü", "n": None}])
    (sent,) = wire.sent
    assert sent.url == "https://dce/dataCollectionRules/dcr-1/streams/Custom-X?api-version=2023-01-01"
    assert json.loads(gzip.decompress(sent.body)) == [{"a": "ü", "n": None}]


def test_basic_tables_are_asked_on_their_own_path_with_the_time_in_the_url():
    wire = ScriptedAdapter((200, ROWS, {}))
    with connected(wire) as azure:
        assert azure.query.run("w", "T_CL", "P1D", path="search") == [{"A": "x"}]
        assert azure.query.run("w", "T_CL", "P1D") == [{"A": "x"}]
    search, query = wire.sent
    assert search.url.endswith("/v1/workspaces/w/search?timespan=P1D")
    assert json.loads(search.body) == {"query": "T_CL"}
    assert query.url.endswith("/v1/workspaces/w/query")
    assert json.loads(query.body) == {"query": "T_CL", "timespan": "P1D"}


def test_a_workspace_that_never_held_a_row_has_none():
    with connected(ScriptedAdapter((204, None, {}))) as azure:
        assert azure.query.run("w", "T_CL") == []


def test_a_part_of_an_answer_is_no_answer():
    partial = {**ROWS, "error": {"code": "PartialError", "message": "some shards timed out"}}
    with (
        connected(ScriptedAdapter((200, partial, {}))) as azure,
        pytest.raises(errors.CloudError, match="some shards") as caught,
    ):
        azure.query.run("w", "T_CL")
    assert caught.value.code == "PartialError"


def test_a_refusal_is_raised_and_not_logged_besides(caplog):
    refusal = {"error": {"code": "OperationFailed", "message": "no right"}}
    with connected(ScriptedAdapter((403, refusal, {}))) as azure, pytest.raises(errors.Forbidden, match="no right"):
        azure.ingestion.send("https://dce", "dcr-1", "Custom-X", [{"a": 1}])
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]
