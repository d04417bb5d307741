"""Rows found by marker or by values, and refusals of queries kept where they belong."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from provisioner.model import Columns, Flow, Manifest, Stream, Table, Target, Workspace
from provisioner.probes.bound_flow import bind_flows
from provisioner.probes.probe import FlowProbe, Probe
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.verify.row_lookup import RowLookup
from tests.azure.test_azure import ScriptedAdapter, connected

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def flow_probe(columns=("A",), table="T_CL"):
    stream = Stream(
        "Custom-S", "Custom-S", Columns({"A": "string", "N": "int"}), (Flow(table, "source", written=True),)
    )
    tables = {table: Table(table, Columns({"A": "string", "N": "int"}))}
    manifest = Manifest("x", Target("local", "s", "g", "r"), Workspace("w", "r"), tables=tables, streams={"S": stream})
    (flow,) = bind_flows(manifest, stream, BoundTransforms(), {})
    record = {"A": "x provisionertestab-0", "N": 7}
    probe = Probe(stream, None, "https://dce", "dcr-1", [record], 0, NOW, accepted_at=NOW)
    return FlowProbe(probe, flow, {0: flow.expected_row(record, NOW)}, frozenset(columns))


def answer(rows):
    packed = [[0, json.dumps(row)] for row in rows]
    columns = [{"name": "Place", "type": "long"}, {"name": "Row", "type": "dynamic"}]
    return 200, {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": packed}]}, {}


GOOD, BAD = {"A": "x provisionertestab-0", "N": 7}, {"A": "x provisionertestab-0", "N": 8}


@pytest.mark.parametrize("rows", [[GOOD], [BAD, GOOD], [GOOD, BAD], [GOOD, GOOD]])
def test_of_rows_that_come_twice_the_best_counts(rows):
    flow = flow_probe()
    with connected(ScriptedAdapter(answer(rows))) as azure:
        RowLookup(azure.query, "w", "provisionertestab").search([flow])
    assert flow.arrived


def test_rows_of_another_run_or_number_belong_to_no_expected_row():
    flow = flow_probe()
    others = [{"A": "x provisionertestab-1", "N": 7}, {"A": "x provisionertestcd-0", "N": 7}, {"A": "x", "N": 7}]
    with connected(ScriptedAdapter(answer(others))) as azure:
        RowLookup(azure.query, "w", "provisionertestab").search([flow])
    assert flow.missing == (0,)


def test_a_row_without_a_marker_is_known_by_its_values():
    flow = flow_probe(columns=())
    with connected(ScriptedAdapter(answer([BAD, GOOD]))) as azure:
        RowLookup(azure.query, "w", "provisionertestab").search([flow])
    assert flow.arrived
    wire = ScriptedAdapter(answer([]))
    with connected(wire) as azure:
        RowLookup(azure.query, "w", "provisionertestab").search([flow])
    assert "N == int(7)" in json.loads(wire.sent[0].body)["query"], "a busy table must not hide it behind others"


def test_a_table_that_queries_do_not_know_yet_is_no_refusal():
    flow = flow_probe()
    said = "'where' operator: Failed to resolve table or column expression named 'T_CL'"
    error = {
        "error": {"code": "BadArgumentError", "message": "bad", "innererror": {"code": "SEM0100", "message": said}}
    }
    with connected(ScriptedAdapter((400, error, {}))) as azure:
        RowLookup(azure.query, "w", "provisionertestab").search([flow])
    assert flow.state.query_error is None
    assert flow.state.unresolved is not None
    with connected(ScriptedAdapter((400, {"error": {"code": "BadArgumentError", "message": "no"}}, {}))) as azure:
        RowLookup(azure.query, "w", "provisionertestab").search([flow])
    assert flow.state.query_error is not None


def test_one_table_that_cannot_be_asked_does_not_hide_the_others():
    good, bad = flow_probe(), flow_probe(table="U_CL")
    refusal = (400, {"error": {"code": "BadArgumentError", "message": "no"}}, {})
    with connected(ScriptedAdapter(refusal, answer([GOOD]), refusal)) as azure:
        RowLookup(azure.query, "w", "provisionertestab").search([good, bad])
    assert good.arrived
    assert bad.state.query_error is not None
