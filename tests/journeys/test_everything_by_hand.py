"""Every property of the example with everything, changed by hand in the local Azure, is drift and is repaired.

The table has a value for each property that Azure lets somebody change, and a reason for each that it does not; a law
says that nothing that the example declares is in neither.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

import pytest

from provisioner import azure, load
from provisioner.apply import ApplyOptions, apply
from provisioner.model import LOCAL_SUBSCRIPTION
from provisioner.plan import PlanOptions, find_drift, plan_against_azure
from provisioner.plan.report import format_text
from provisioner.resources import Graph
from provisioner.resources.expand import expand_manifest
from tests.support.paths import EXAMPLES

WORKSPACE, ENDPOINT = ("workspace", "law-shop-platform"), ("endpoint", "dce-shop-platform")
TABLE, AZURES_TABLE = ("table", "Orders_CL"), ("table", "CommonSecurityLog")
RULE, CLICKS = ("dcr", "dcr-shop-orders"), ("dcr", "dcr-shop-clicks")
OWN_RULE = ("dcr", "dcr-shop-platform-workspace")
SENDER, SETTING = ("application", "shop-sender"), ("diagnostic_setting", "dcr-shop-orders")
METRIC = ("metric_alert", "alert-dcr-shop-orders-transform-errors")
QUERY = ("query_alert", "alert-shop-platform-Orders_CL-silence")
INSIGHTS = f"/subscriptions/{LOCAL_SUBSCRIPTION}/resourceGroups/rg-shop-platform/providers/Microsoft.Insights"
RULES, OTHER_GROUP = INSIGHTS + "/dataCollectionRules/{}", f"{INSIGHTS}/actionGroups/x"
CREDENTIAL = "properties.federatedIdentityCredentials.0"
ORDERS, CRITERION = "properties.streamDeclarations.Custom-Orders.columns", "properties.criteria.allOf.0"
TRANSFORM, AS_NUMBER = (
    "properties.dataFlows.0.transformKql",
    "source | project TimeGenerated = placed, OrderId = id, Amount = {}",
)
COLUMNS = [
    {"name": "TimeGenerated", "type": "dateTime"},
    {"name": "OrderId", "type": "string"},
    {"name": "Amount", "type": "real"},
]
TIME, PAGE = {"name": "TimeGenerated", "type": "datetime"}, {"name": "Page", "type": "string"}
GONE = object()
"""Stands for the property being taken away."""

# What is changed, and each path in it with the value that it gets.
CHANGES: list[tuple[tuple[str, str], dict[str, Any]]] = [
    (WORKSPACE, {"tags.team": "x"}),
    (WORKSPACE, {"tags.owner": GONE}),
    (WORKSPACE, {"properties.retentionInDays": 30}),
    (WORKSPACE, {"properties.workspaceCapping.dailyQuotaGb": 500}),
    (WORKSPACE, {"properties.features.enableLogAccessUsingOnlyResourcePermissions": False}),
    (WORKSPACE, {"properties.publicNetworkAccessForIngestion": "Disabled"}),
    (WORKSPACE, {"properties.publicNetworkAccessForQuery": "Disabled"}),
    (ENDPOINT, {"tags.team": GONE}),
    (ENDPOINT, {"properties.networkAcls.publicNetworkAccess": "Disabled"}),
    (TABLE, {"properties.retentionInDays": 180}),
    (TABLE, {"properties.totalRetentionInDays": 730}),
    (AZURES_TABLE, {"properties.totalRetentionInDays": 730}),
    (RULE, {"tags.team": "x"}),
    (RULE, {"tags.cost-center": "43"}),
    (RULE, {"identity.type": "None"}),
    (RULE, {"properties.dataCollectionEndpointId": GONE}),
    (RULE, {f"{ORDERS}.2.type": "string", TRANSFORM: AS_NUMBER.format("toreal(amount)")}),
    (RULE, {f"{ORDERS}.2.name": "price", TRANSFORM: AS_NUMBER.format("price")}),
    (RULE, {TRANSFORM: "source | project TimeGenerated = placed, OrderId = id"}),
    (CLICKS, {"properties.description": "x"}),
    (CLICKS, {"properties.dataFlows.0.outputStream": "Custom-Orders_CL"}),
    (CLICKS, {"properties.streamDeclarations.Custom-Clicks.columns": [TIME, PAGE, {"name": "More", "type": "int"}]}),
    (OWN_RULE, {TRANSFORM: "source"}),
    (OWN_RULE, {"properties.dataFlows.0.streams": ["Microsoft-Table-Event"], TRANSFORM: "source"}),
    (SENDER, {"properties.displayName": "x"}),
    (SENDER, {"properties.signInAudience": "AzureADMultipleOrgs"}),
    (SENDER, {f"{CREDENTIAL}.issuer": "https://ci.example"}),
    (SENDER, {f"{CREDENTIAL}.subject": "repo:fork/web:ref:refs/heads/main"}),
    (SENDER, {f"{CREDENTIAL}.audiences": ["api://x"]}),
    (SENDER, {f"{CREDENTIAL}.name": "renamed"}),
    (SENDER, {"properties.federatedIdentityCredentials": []}),
    (SENDER, {"properties.servicePrincipal.accountEnabled": False}),
    (SETTING, {"properties.logs.0.enabled": False}),
    (SETTING, {"properties.logs": [{"category": "LogTroubleshooting", "enabled": True}]}),
    (METRIC, {"tags.team": "x"}),
    (METRIC, {"properties.description": "x"}),
    (METRIC, {"properties.severity": 0}),
    (METRIC, {"properties.enabled": False}),
    (METRIC, {"properties.evaluationFrequency": "PT1M"}),
    (METRIC, {"properties.windowSize": "PT1H"}),
    (METRIC, {f"{CRITERION}.operator": "LessThan"}),
    (METRIC, {f"{CRITERION}.threshold": 99}),
    (METRIC, {f"{CRITERION}.timeAggregation": "Maximum"}),
    (METRIC, {f"{CRITERION}.metricName": "RowsDropped_Count"}),
    (METRIC, {f"{CRITERION}.name": "x"}),
    (METRIC, {"properties.scopes": [RULES.format("dcr-shop-clicks")]}),
    (METRIC, {"properties.autoMitigate": False}),
    (METRIC, {"properties.actions.0.actionGroupId": OTHER_GROUP}),
    (METRIC, {"properties.actions": []}),
    (QUERY, {"tags.team": "x"}),
    (QUERY, {"properties.displayName": "x"}),
    (QUERY, {"properties.description": "x"}),
    (QUERY, {"properties.severity": 0}),
    (QUERY, {"properties.enabled": False}),
    (QUERY, {"properties.evaluationFrequency": "PT1H"}),
    (QUERY, {"properties.windowSize": "PT6H"}),
    (QUERY, {f"{CRITERION}.query": "Orders_CL | where Amount > 1"}),
    (QUERY, {f"{CRITERION}.timeAggregation": "Average", f"{CRITERION}.metricMeasureColumn": "Amount"}),
    (QUERY, {f"{CRITERION}.operator": "Equals"}),
    (QUERY, {f"{CRITERION}.threshold": 5}),
    (QUERY, {f"{CRITERION}.failingPeriods.numberOfEvaluationPeriods": 2}),
    (QUERY, {f"{CRITERION}.failingPeriods": {"numberOfEvaluationPeriods": 2, "minFailingPeriodsToAlert": 2}}),
    (QUERY, {"properties.autoMitigate": False}),
    (QUERY, {"properties.actions.actionGroups": [OTHER_GROUP]}),
]
# What nobody can change in place, or what is no difference, by type and pattern.
UNCHANGEABLE = {
    "a region is for ever": {"*": ["location"]},
    "the mark says whose it is: a test of its own": {"*": ["tags.provisioner"]},
    "a role assignment is made and deleted, never changed": {
        "grant": ["properties.roleDefinitionId", "properties.principalId", "properties.principalType"]
    },
    "a kind is for ever": {"dcr": ["kind"], "query_alert": ["kind"]},
    "a name that means something only inside the rule": {
        "dcr": ["properties.destinations.logAnalytics[].name", "properties.dataFlows[].destinations[]"]
    },
    "a commitment is for 31 days: a test of its own": {
        "workspace": ["properties.sku.name", "properties.sku.capacityReservationLevel"]
    },
    "a plan is switched once a week: a test of its own": {"table": ["properties.plan"]},
    "a table's columns have a test of their own, and its name is for ever": {
        "table": ["properties.schema.name", "properties.schema.columns[].name", "properties.schema.columns[].type"]
    },
    "it has one value, or is what makes the resource": {
        "sentinel": ["properties.customerManagedKey"],
        "default_dcr": ["properties.defaultDataCollectionRuleResourceId"],
        "metric_alert": [
            "properties.targetResourceType",
            "properties.targetResourceRegion",
            "properties.criteria.odata.type",
            "properties.criteria.allOf[].criterionType",
            "properties.criteria.allOf[].metricNamespace",
        ],
    },
    "another workspace: a test of its own": {
        "dcr": ["properties.destinations.logAnalytics[].workspaceResourceId"],
        "diagnostic_setting": ["properties.workspaceId"],
        "query_alert": ["properties.scopes[]"],
    },
}


@pytest.fixture
def everything(azure_monitor):
    """The manifest of the example, applied, and the connection."""
    manifest = load.load_document(EXAMPLES / "everything" / "provisioner.yaml", environment="local").manifest
    with azure.connect_local(manifest.target, azure_monitor.ready) as connection:
        outcomes = apply(planned(connection, manifest), connection)
        assert outcomes.ok, list(outcomes)
        yield connection, manifest


def expand(manifest, identity, object_ids) -> Graph:
    return expand_manifest(manifest, identity.object_id, None, identity.principal_type, object_ids)


def planned(connection, manifest, **options):
    return plan_against_azure(manifest, expand, connection, PlanOptions(**options))


def rounds():
    """The changes in groups in which no resource stands twice: one plan then tells all of a group."""
    changes_of = defaultdict(list)
    for key, values in CHANGES:
        changes_of[key].append((key, values))
    return [[one for one in turn if one] for turn in zip_longest(*changes_of.values())]


def changed(body, values):
    body = copy.deepcopy(body)
    for path, value in values.items():
        *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        place = body
        for step in parents:
            place = place[step]
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return body


def write(connection, resource, values):
    """Some properties of a live resource, as somebody at a portal or with another tool would set them."""
    body, writer = changed(resource.body, values), connection.writer_of(resource.type)
    if resource.type.short_name == "table":
        # What the service sets is in the body too, and a table takes none of it back.
        properties = {path.rpartition(".")[2]: value for path, value in values.items()}
        writer.patch(resource.type, str(resource.id), {"properties": properties})
    else:
        writer.put(resource.type, str(resource.id), body)


def pattern(path):
    return re.sub(r"(streamDeclarations)\.[^.]+", r"\1.*", re.sub(r"\.\d+", "[]", path))


def _overlap(one, other):
    return one.startswith(other) or other.startswith(one)


def differing(connection, manifest):
    """The patterns that differ of each resource that drift tells; None for one that is missing."""
    drift = find_drift(planned(connection, manifest, tolerant_of_gaps=True), manifest)
    return {
        (finding.type, finding.name): [delta.pattern for delta in finding.deltas] or None
        for finding in drift.findings
        if finding.difference
    }


def repair(connection, manifest):
    """Apply with every acceptance that the plan asks for; a plan after it is empty."""
    plan = planned(connection, manifest)
    allow = {reason.allow for change in plan.changes for reason in change.reasons if reason.allow}
    outcomes = apply(plan, connection, ApplyOptions(allow=tuple(allow)))
    assert outcomes.ok, [outcome.error for outcome in outcomes if outcome.error]
    assert planned(connection, manifest).empty


def test_each_property_that_is_changed_by_hand_is_drift_and_is_repaired(everything):
    connection, manifest = everything
    for turn in rounds():
        live = planned(connection, manifest).live.graph
        for key, values in turn:
            write(connection, live[key], values)
        differences = differing(connection, manifest)
        assert differences.keys() == {key for key, _ in turn}
        for key, values in turn:
            unnamed = [path for path in values if not any(_overlap(pattern(path), one) for one in differences[key])]
            # A column that an average takes is no property of a count.
            assert unnamed in ([], [f"{CRITERION}.metricMeasureColumn"]), (key, differences[key])
        repair(connection, manifest)


def leaves(value, path=""):
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from leaves(inner, f"{path}[]")
    else:
        yield path


def test_no_property_of_the_example_is_left_out():
    manifest = load.load_document(EXAMPLES / "everything" / "provisioner.yaml", environment="local").manifest
    covered = defaultdict(set)
    for (type_name, _), values in CHANGES:
        covered[type_name] |= {pattern(path) for path in values}
    for by_type in UNCHANGEABLE.values():
        for type_name, patterns in by_type.items():
            covered[type_name] |= set(patterns)
    missing = {
        (type_name, path)
        for resource in expand_manifest(manifest)
        for type_name in [resource.type.short_name]
        for path in map(pattern, leaves(resource.body))
        if not any(path.startswith(one) for one in covered["*"] | covered[type_name])
    }
    assert missing == set()


GRANT, DEFAULT = ("grant", "shop/dcr-shop-orders"), ("default_dcr", "law-shop-platform")


@pytest.mark.parametrize(
    ("deleted", "missing"),
    [
        ([METRIC, QUERY, SETTING, GRANT, DEFAULT], {METRIC, QUERY, SETTING, GRANT, DEFAULT}),
        ([DEFAULT, OWN_RULE], {DEFAULT, OWN_RULE}),
        ([SETTING, RULE], {SETTING, RULE, GRANT}),
        # The rule is not missing: it writes to what is not there.
        ([TABLE], {TABLE, RULE}),
    ],
)
def test_what_is_deleted_by_hand_is_missing_and_is_made_again(everything, deleted, missing):
    connection, manifest = everything
    live = planned(connection, manifest).live.graph
    for key in deleted:
        connection.writer_of(live[key].type).delete(live[key].type, str(live[key].id))
    assert differing(connection, manifest) == dict.fromkeys(missing)
    repair(connection, manifest)


MARKED = (WORKSPACE, ENDPOINT, RULE, OWN_RULE, SENDER, METRIC, QUERY)


def test_another_mark_is_drift_and_a_lost_one_is_none(everything):
    connection, manifest = everything
    live = planned(connection, manifest).live.graph
    for key in MARKED:
        write(connection, live[key], {"tags.provisioner": "theirs/prod"})
    assert differing(connection, manifest) == {key: ["tags.provisioner"] for key in MARKED}
    repair(connection, manifest)
    for key in MARKED:
        write(connection, live[key], {"tags.provisioner": GONE})
    assert differing(connection, manifest) == {}


def test_a_column_that_is_dropped_by_hand_comes_back_and_one_that_is_added_stays(everything):
    connection, manifest = everything
    live = planned(connection, manifest).live.graph
    columns = [{"name": "TimeGenerated", "type": "dateTime"}, {"name": "OrderId", "type": "string"}]
    more = [*columns, {"name": "Shop", "type": "string"}]
    body = {"properties": {"schema": {"name": "Orders_CL", "columns": more}}}
    connection.management.put(live[TABLE].type, str(live[TABLE].id), body)
    assert "properties.schema.columns[]" in differing(connection, manifest)[TABLE]
    repair(connection, manifest)
    schema = planned(connection, manifest).live.graph[TABLE].body["properties"]["schema"]
    assert {column["name"] for column in schema["columns"]} >= {"Amount", "Shop"}


def test_what_leads_to_another_workspace_is_led_back(everything):
    connection, manifest = everything
    live = planned(connection, manifest).live.graph
    other = str(live[WORKSPACE].id).replace("law-shop-platform", "law-other")
    connection.management.put(live[WORKSPACE].type, other, {"location": "westeurope", "properties": {}})
    table = {"properties": {"schema": {"name": "Orders_CL", "columns": COLUMNS}}}
    connection.management.put(live[TABLE].type, f"{other}/tables/Orders_CL", table)
    write(connection, live[RULE], {"properties.destinations.logAnalytics.0.workspaceResourceId": other})
    write(connection, live[QUERY], {"properties.scopes": [other]})
    write(connection, live[SETTING], {"properties.workspaceId": other})
    assert differing(connection, manifest).keys() >= {RULE, QUERY, SETTING}
    repair(connection, manifest)


@pytest.mark.parametrize(
    ("key", "change", "words"),
    [
        (WORKSPACE, {"sku": {"name": "CapacityReservation", "capacityReservationLevel": 200}}, "31 days"),
        (TABLE, {"plan": "Basic"}, "once a week"),
    ],
)
def test_what_azure_takes_back_only_later_is_drift_and_says_when(everything, azure_monitor, key, change, words):
    connection, manifest = everything
    live = planned(connection, manifest).live.graph
    connection.management.patch(live[key].type, str(live[key].id), {"properties": change})
    assert list(differing(connection, manifest)) == [key]
    assert words in format_text(planned(connection, manifest))
    later = datetime.now(UTC) + timedelta(days=32)
    azure_monitor.fault("clock", now=later.isoformat())
    repair(connection, manifest)
