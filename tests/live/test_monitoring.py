"""Diagnostic settings and alerts: few reads however many there are, told when they are missing, and made again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioner import live
from provisioner.apply import apply
from provisioner.apply.apply_options import ApplyOptions
from provisioner.errors import Forbidden
from provisioner.model import Alerts, Dcr, Monitoring
from provisioner.plan import PlanOptions, find_drift, plan_against_azure
from provisioner.plan.live_planning import plan_destroy_against_azure
from provisioner.plan.planning import ALLOW_MANY_REMOVALS
from provisioner.resources import resource_type
from provisioner.resources.expand import expand_manifest
from tests.apply.test_apply import cloud, manifest, plan, up

__all__ = ["cloud"]
ALERTS = Alerts(("/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/actionGroups/ops",), 1, 10, "2h")


def watched(cloud, rules=1, **changes):
    """A manifest with everything that is monitored, in several rules."""
    declared = manifest(cloud.target)
    dcrs = {f"dcr-{number}": Dcr(f"dcr-{number}", tuple(declared.streams), "shared") for number in range(rules)}
    fields = {"monitoring": Monitoring(alerts=ALERTS), "dcrs": dcrs, "grants": {}}
    workspace = replace(declared.workspace, sentinel=True)
    return replace(declared, workspace=workspace, **(fields | changes))


@pytest.mark.parametrize("rules", [1, 2, 30])
def test_at_most_eight_reads_with_everything_however_many_rules(cloud, rules):
    declared = watched(cloud, rules)
    up(cloud, declared)
    desired = expand_manifest(declared, cloud.identity.object_id)
    before = cloud.requests.reads
    resources = live.read_live(cloud, desired, owner=declared.owner)
    assert cloud.requests.reads - before <= 8
    assert {resource.key for resource in resources.graph} == {resource.key for resource in desired}
    assert resources.undeclared == ()
    assert plan(cloud, declared).empty


def test_a_setting_that_is_gone_is_drift_and_comes_back(cloud):
    declared = watched(cloud, 2)
    up(cloud, declared)
    [first, _] = expand_manifest(declared).of_type("diagnostic_setting")
    cloud.management.delete(first.type, first.id)
    drift = find_drift(plan(cloud, declared), declared)
    assert [(finding.kind, finding.type, finding.name) for finding in drift.findings if finding.difference] == [
        ("missing", "diagnostic_setting", first.name)
    ]
    up(cloud, declared)
    assert plan(cloud, declared).empty


def test_a_setting_of_another_name_that_does_the_same_counts_and_is_never_deleted(cloud):
    declared = watched(cloud)
    up(cloud, declared)
    [own] = expand_manifest(declared).of_type("diagnostic_setting")
    cloud.management.delete(own.type, own.id)
    theirs = f"{own.id.rpartition('/')[0]}/by-policy"
    body = expand_manifest(declared).resolved_body(own)
    cloud.management.put(own.type, theirs, body)
    assert plan(cloud, declared).empty
    removals = plan_destroy_against_azure(declared, expand, cloud)
    assert "diagnostic_setting" not in {change.type for change in removals.changes if change.writes}


@pytest.mark.parametrize(
    ("short", "change"),
    [
        ("metric_alert", lambda body: body["properties"].update(enabled=False)),
        ("metric_alert", lambda body: body["properties"]["criteria"]["allOf"][0].update(threshold=99)),
        ("query_alert", lambda body: body["properties"].update(windowSize="PT6H")),
        ("query_alert", lambda body: body["properties"]["actions"].update(actionGroups=[])),
        ("diagnostic_setting", lambda body: body["properties"]["logs"][0].update(enabled=False)),
    ],
)
def test_what_is_changed_by_hand_is_a_change_and_is_put_right(cloud, short, change):
    declared = watched(cloud)
    up(cloud, declared)
    resource = expand_manifest(declared).of_type(short)[0]
    body = cloud.management.get(resource.id, resource.type.api_version)
    change(body)
    cloud.management.put(resource.type, resource.id, body)
    [changed] = [one for one in plan(cloud, declared).changes if one.writes]
    assert changed.key == resource.key
    allow = [reason.allow for reason in changed.reasons if reason.allow]
    apply(plan(cloud, declared), cloud, ApplyOptions(allow=tuple(allow)))
    assert plan(cloud, declared).empty


def test_an_alert_that_is_no_longer_declared_is_ours_to_prune(cloud):
    up(cloud, watched(cloud))
    fewer = watched(cloud, monitoring=Monitoring(alerts=replace(ALERTS, rows_dropped=None)))
    undeclared = plan(cloud, fewer).undeclared
    assert [(one.type, one.name, one.owned) for one in undeclared] == [
        ("metric_alert", "alert-dcr-0-rows-dropped", True)
    ]


def expand(one, identity, _):
    return expand_manifest(one, identity.object_id)


EVERYTHING = {
    "diagnostic_setting dcr-0",
    "diagnostic_setting dcr-1",
    "metric_alert alert-dcr-0-rows-dropped",
    "metric_alert alert-dcr-0-transform-errors",
    "metric_alert alert-dcr-1-rows-dropped",
    "metric_alert alert-dcr-1-transform-errors",
    "query_alert alert-shop-Orders_CL-silence",
}
SETTINGS = {name for name in EVERYTHING if name.startswith("diagnostic")}


@pytest.mark.parametrize(
    ("monitoring", "left"),
    [
        (None, EVERYTHING),
        (Monitoring(errors=False), EVERYTHING),
        (Monitoring(errors=True), EVERYTHING - SETTINGS),
        (Monitoring(errors=False, alerts=ALERTS), SETTINGS),
        (Monitoring(errors=False, troubleshooting=True, alerts=ALERTS), set()),
    ],
)
def test_what_is_no_longer_monitored_is_told_and_pruned(cloud, monitoring, left):
    up(cloud, watched(cloud, 2))
    theirs = f"{expand_manifest(watched(cloud)).of_type('diagnostic_setting')[0].id.rpartition('/')[0]}/of-others"
    body = {"properties": {"storageAccountId": "/s", "logs": [{"category": "LogErrors", "enabled": True}]}}
    cloud.management.put(resource_type("diagnostic_setting"), theirs, body)
    less = watched(cloud, 2, monitoring=monitoring)
    pruning = plan_against_azure(less, expand, cloud, PlanOptions(prune=True))
    assert {f"{one.type} {one.name}" for one in pruning.undeclared} == left
    assert {f"{one.type} {one.name}" for one in pruning.changes if one.action == "delete"} == left
    # Without the section nothing is read for it: five reads stay five.
    unpruned = plan_against_azure(less, expand, cloud).undeclared
    assert {f"{one.type} {one.name}" for one in unpruned} == (left if monitoring else set())
    # That an alert goes needs no yes of its own; that errors are kept nowhere does, and that so many go at once.
    allow = {reason.allow for change in pruning.changes for reason in change.reasons if reason.allow}
    assert allow <= {"breaking:dcr-0", "breaking:dcr-1"}
    assert apply(pruning, cloud, ApplyOptions(allow=(*allow, ALLOW_MANY_REMOVALS))).ok
    assert plan_against_azure(less, expand, cloud, PlanOptions(prune=True)).undeclared == ()
    assert cloud.management.get(theirs, resource_type("diagnostic_setting").api_version) is not None


def test_the_setting_of_a_rule_that_is_pruned_goes_before_it(cloud):
    up(cloud, watched(cloud, 2))
    pruning = plan_against_azure(watched(cloud), expand, cloud, PlanOptions(prune=True))
    order = [f"{change.type} {change.name}" for change in pruning.changes if change.action == "delete"]
    assert order.index("diagnostic_setting dcr-1") < order.index("dcr dcr-1")


def test_where_batches_are_refused_each_setting_is_read_alone(cloud, monkeypatch):
    declared = watched(cloud, 3)
    up(cloud, declared)
    refusal = Forbidden("no batches here")

    def refuse(_):
        raise refusal

    monkeypatch.setattr(cloud.management, "get_many", refuse)
    desired = expand_manifest(declared, cloud.identity.object_id)
    graph = live.read_live(cloud, desired).graph
    assert len(graph.of_type("diagnostic_setting")) == 3
