"""Metrics of rules and workspaces: defined, counted by the minute, summed up over intervals, split by dimensions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from provisioner.package_data import load_facts
from tests.support.azure_rest import Rest

METRICS = "/providers/Microsoft.Insights/metrics"
TYPES = load_facts("metrics.yaml")["types"]


def row(text, count):
    return {"TimeGenerated": datetime.now(UTC).isoformat(), "Text": text, "Count": count}


@pytest.fixture
def rest(azure_monitor):
    client = Rest(azure_monitor)
    client.create_prerequisites()
    return client


def metrics(rest, resource, **query):
    text = "&".join(f"{name.replace('filter', '$filter')}={value}" for name, value in query.items())
    return rest.arm("GET", f"{resource}{METRICS}?{text}", version="2023-10-01")


def points(reply, name):
    """What is given of a metric: for each series its dimensions' values, and the values of its points."""
    [metric] = [metric for metric in reply.body["value"] if metric["name"]["value"] == name]
    return {
        tuple(pair["value"] for pair in series["metadatavalues"]): [
            {key: value for key, value in point.items() if key != "timeStamp"} for point in series["data"]
        ]
        for series in metric["timeseries"]
    }


@pytest.fixture
def used(rest):
    """A workspace that took three rows by a rule and answered two queries, one of them wrong."""
    rule = rest.make_rule()
    rest.grant(rule["id"])
    rest.ingest(rule, [row("a", 1), row("b", 2), row("c", 3)])
    rest.query("T_CL | count")
    rest.query("T_CL | nonsense")
    return rest


def test_a_workspace_counts_rows_by_table_and_queries(used):
    volume = points(metrics(used, Rest.workspace, metricnames="Ingestion Volume"), "Ingestion Volume")
    assert sum(point["count"] for point in volume[()]) == 3
    by_table = metrics(
        used, Rest.workspace, metricnames="ingestion volume", filter="Table Name eq '*' and TableClassification eq '*'"
    )
    assert list(points(by_table, "Ingestion Volume")) == [("T_CL", "Analytics")]
    queries = metrics(used, Rest.workspace, metricnames="Query Count,Query Failure Count,AvailabilityRate_Query")
    assert sum(point["count"] for point in points(queries, "Query Count")[()]) == 2
    assert points(queries, "Query Failure Count") == {}
    assert {point["average"] for point in points(queries, "AvailabilityRate_Query")[()]} == {100}


def test_the_time_until_rows_are_seen_is_that_of_the_fault(rest, azure_monitor):
    rule = rest.make_rule()
    rest.grant(rule["id"])
    azure_monitor.fault("late_rows", seconds=40)
    rest.ingest(rule, [row("a", 1)])
    reply = metrics(rest, Rest.workspace, metricnames="Ingestion Time", interval="FULL")
    assert points(reply, "Ingestion Time") == {(): [{"average": 40, "minimum": 40, "maximum": 40}]}


def test_aggregations_are_those_that_are_asked_for(used):
    reply = metrics(used, Rest.rule, metricnames="RowsReceived_Count", aggregation="Total,maximum", interval="P1D")
    assert points(reply, "RowsReceived_Count") == {(): [{"total": 3, "maximum": 3}]}
    assert reply.body["interval"] == "P1D"
    twice = metrics(used, Rest.rule, metricnames="RowsReceived_Count", timespan="2020-01-01T00%3A00%3A00Z%2FPT1H")
    assert (twice.body["timespan"], points(twice, "RowsReceived_Count")) == (
        "2020-01-01T00:00:00Z/2020-01-01T01:00:00Z",
        {},
    )
    split = metrics(used, Rest.rule, metricnames="RowsReceived_Count", filter="InputStreamId eq 'no-such'")
    assert points(split, "RowsReceived_Count") == {}


@pytest.mark.parametrize("resource_type", TYPES)
def test_every_metric_of_the_page_is_defined_and_answers(used, resource_type):
    resource = Rest.rule if resource_type.endswith("Rules") else Rest.workspace
    defined = used.arm("GET", f"{resource}/providers/Microsoft.Insights/metricDefinitions").body["value"]
    names = [definition["name"]["value"] for definition in defined]
    declared = TYPES[resource_type]
    counters = [f"Average_{name}" for name in declared.get("counters", [])]
    assert names == [*declared["metrics"], *declared.get("others", {}), *counters]
    answered = [metric["name"]["value"] for metric in metrics(used, resource).body["value"]]
    assert answered == names


def test_a_resource_of_another_type_has_none(rest):
    assert rest.arm("GET", f"{Rest.endpoint}/providers/Microsoft.Insights/metricDefinitions").body["value"] == []
    assert metrics(rest, Rest.endpoint, metricnames="X").code == "BadRequest"
    assert metrics(rest, f"{Rest.endpoint}-none").status == 404


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ({"metricnames": "Heartbeats"}, "Failed to find metric configuration"),
        ({"interval": "PT2M"}, "time grain"),
        ({"interval": "often"}, "time grain"),
        ({"interval": "PT" + "9" * 400 + "H"}, "time grain"),
        ({"timespan": "yesterday"}, "timespan"),
        ({"aggregation": "Median"}, "aggregation"),
        ({"filter": "Table Name = 'x'"}, "filter"),
        ({"filter": "Computer eq '*'"}, "dimension"),
    ],
)
def test_what_is_no_metric_dimension_or_time_is_refused(rest, query, part):
    reply = metrics(rest, Rest.workspace, **query)
    assert (reply.status, reply.code) == (400, "BadRequest")
    assert part in reply.message
