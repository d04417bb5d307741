"""Diagnostic settings and alerts: few reads however many there are, told when they are missing, and made again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioner import live
from provisioner.apply import apply
from provisioner.apply.apply_options import ApplyOptions
from provisioner.errors import Forbidden
from provisioner.model import Alerts, Dcr, Monitoring
from provisioner.plan import find_drift
from provisioner.plan.live_planning import plan_destroy_against_azure
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

    def expand(one, identity, _):
        return expand_manifest(one, identity.object_id)

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
