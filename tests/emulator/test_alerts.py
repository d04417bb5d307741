"""Alerts: what Azure refuses of their bodies is refused, with the property that is wrong."""

from __future__ import annotations

import copy

import pytest

from tests.support.azure_rest import Rest

INSIGHTS = "providers/Microsoft.Insights"
METRIC, QUERY = f"{INSIGHTS}/metricAlerts/a", f"{INSIGHTS}/scheduledQueryRules/a"
VERSIONS = {METRIC: "2018-03-01", QUERY: "2023-12-01"}
GONE = object()


@pytest.fixture
def rest(azure_monitor):
    rest = Rest(azure_monitor)
    rest.create_prerequisites()
    return rest


def body_of(rest, path):
    criterion = {"operator": "GreaterThan", "threshold": 1, "timeAggregation": "Count"}
    properties = {"severity": 2, "enabled": True, "evaluationFrequency": "PT5M", "windowSize": "PT15M"}
    if path == METRIC:
        allof = [{**criterion, "name": "one", "metricName": "TransformationErrors_Count"}]
        criteria = {"odata.type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", "allOf": allof}
        scope, location = f"{rest.group}/{Rest.rule}", "global"
    else:
        criteria = {"allOf": [{**criterion, "query": "T_CL | where Count > 1"}]}
        scope, location = f"{rest.group}/{Rest.workspace}", "westeurope"
    return {"location": location, "properties": {**properties, "scopes": [scope], "criteria": criteria}}


def changed(body, path, value):
    body = copy.deepcopy(body)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = body
    for step in parents:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return body


CRITERION = "properties.criteria.allOf.0"
BOTH = [
    ("properties", GONE, "properties"),
    ("properties.severity", 5, "severity"),
    ("properties.severity", "2", "severity"),
    ("properties.severity", GONE, "severity"),
    ("properties.scopes", [], "scopes"),
    ("properties.windowSize", "PT7M", "windowSize"),
    ("properties.windowSize", "P3D", "Supported granularities are"),
    ("properties.windowSize", "15 minutes", "windowSize"),
    ("properties.windowSize", GONE, "windowSize"),
    ("properties.evaluationFrequency", "PT7M", "evaluationFrequency"),
    ("properties.evaluationFrequency", "PT30M", "longer than windowSize"),
    ("properties.criteria", GONE, "criteria"),
    ("properties.criteria.allOf", [], "allOf"),
    ("properties.criteria.allOf", [1], "allOf"),
    (f"{CRITERION}.operator", "Above", "operator"),
    (f"{CRITERION}.operator", GONE, "operator"),
    (f"{CRITERION}.threshold", "one", "threshold"),
    (f"{CRITERION}.threshold", "NaN", "threshold"),
    (f"{CRITERION}.timeAggregation", "Median", "timeAggregation"),
]
CASES = [
    *((path, *case) for path in (METRIC, QUERY) for case in BOTH),
    (METRIC, "location", "westeurope", "global"),
    (METRIC, "properties.enabled", GONE, "enabled"),
    (METRIC, f"{CRITERION}.metricName", GONE, "metricName"),
    (METRIC, "properties.windowSize", "PT10M", "windowSize"),
    (QUERY, f"{CRITERION}.query", GONE, "query"),
    (QUERY, f"{CRITERION}.query", "Nope_CL", "Nope_CL"),
    (QUERY, f"{CRITERION}.query", "T_CL | where Nope == 1", "Nope"),
    (QUERY, f"{CRITERION}.query", "T_CL | whre 1", "whre"),
    (QUERY, f"{CRITERION}.timeAggregation", "Average", "metricMeasureColumn"),
    (QUERY, f"{CRITERION}.failingPeriods", {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 2}, "Periods"),
]


# Seen in published modules and baselines of alerts.
PUBLISHED = {
    "in other letters": {
        "odata.type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        "allof": [
            {"name": "m", "metricName": "x", "operator": "GreaterThan", "threshold": 90, "timeAggregation": "Average"}
        ],
    },
    "learned": {
        "odata.type": "Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria",
        "allOf": [
            {
                "criterionType": "DynamicThresholdCriterion",
                "name": "m",
                "metricName": "x",
                "operator": "GreaterOrLessThan",
                "alertSensitivity": "Medium",
                "failingPeriods": {"numberOfEvaluationPeriods": 4, "minFailingPeriodsToAlert": 4},
                "timeAggregation": "Average",
            }
        ],
    },
    "of a web test": {
        "odata.type": "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
        "webTestId": "/w",
        "componentId": "/c",
        "failedLocationCount": 2,
    },
}


def test_a_web_test_s_criteria_need_all_their_parts(rest):
    criteria = {key: value for key, value in PUBLISHED["of a web test"].items() if key != "componentId"}
    body = changed(body_of(rest, METRIC), "properties.criteria", criteria)
    assert "componentId" in rest.arm("PUT", METRIC, body, version=VERSIONS[METRIC]).message


def test_a_query_over_a_table_whose_columns_are_not_known_is_taken(rest):
    text = "Perf | where CounterName == '% Free Space' | summarize Least = min(CounterValue) by Computer"
    body = changed(body_of(rest, QUERY), f"{CRITERION}.query", text)
    assert rest.arm("PUT", QUERY, body, version=VERSIONS[QUERY]).status in {200, 201}


def test_each_wrong_property_is_refused_with_its_name(rest):
    for path, where, value, words in CASES:
        body = body_of(rest, path)
        reply = rest.arm("PUT", path, changed(body, where, value), version=VERSIONS[path])
        assert reply.status == 400, (path, where, value, reply.body)
        assert words in str(reply.body), (where, reply.body)
        assert rest.arm("GET", path, version=VERSIONS[path]).status == 404


@pytest.mark.parametrize(
    ("path", "where", "value"),
    [
        (METRIC, "properties.windowSize", "P1D"),
        (METRIC, "properties.evaluationFrequency", "PT1M"),
        (METRIC, "properties.severity", 0),
        (METRIC, f"{CRITERION}.threshold", "95"),
        (METRIC, "properties.criteria", PUBLISHED["in other letters"]),
        (METRIC, "properties.criteria", PUBLISHED["learned"]),
        (METRIC, "properties.criteria", PUBLISHED["of a web test"]),
        (QUERY, "properties.windowSize", "PT45M"),
        (QUERY, "properties.windowSize", "P2D"),
        (QUERY, "properties.enabled", GONE),
        (QUERY, f"{CRITERION}.query", "Nope_CL"),
        (QUERY, "properties.scopes", ["/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/components/c"]),
    ],
)
def test_what_azure_takes_is_kept(rest, path, where, value):
    body = changed(body_of(rest, path), where, value)
    body["properties"]["skipQueryValidation"] = True
    assert rest.arm("PUT", path, body, version=VERSIONS[path]).status in (200, 201)
    kept = rest.arm("GET", path, version=VERSIONS[path]).body["properties"]
    assert kept["criteria"] == body["properties"]["criteria"]


@pytest.mark.parametrize("path", [METRIC, QUERY])
def test_a_change_is_checked_as_a_whole(rest, path):
    assert rest.arm("PUT", path, body_of(rest, path), version=VERSIONS[path]).status in (200, 201)
    wrong = {"properties": {"evaluationFrequency": "PT1H"}}
    assert rest.arm("PATCH", path, wrong, version=VERSIONS[path]).status == 400
    right = {"properties": {"evaluationFrequency": "PT15M"}}
    assert rest.arm("PATCH", path, right, version=VERSIONS[path]).status == 200


def test_two_criteria_of_one_name_are_refused(rest):
    body = body_of(rest, METRIC)
    body["properties"]["criteria"]["allOf"] *= 2
    assert "unique" in rest.arm("PUT", METRIC, body, version=VERSIONS[METRIC]).message


def test_a_metric_made_of_logs_has_no_span(rest):
    body = {"location": "westeurope", "kind": "LogToMetric", "properties": {"scopes": [], "criteria": {"allOf": []}}}
    assert rest.arm("PUT", QUERY, body, version=VERSIONS[QUERY]).status == 201
