"""The workspace's own rule: made, put in its place, taken off again, and never taken from somebody else."""

from __future__ import annotations

from provisioner.apply import ApplyOptions, apply
from provisioner.model import Columns, Flow, Stream
from provisioner.plan import PlanOptions, plan_against_azure
from provisioner.resources import resource_type
from provisioner.resources.expand import expand_manifest
from tests.apply.test_apply import cloud, manifest, up

__all__ = ["cloud"]

TRANSFORMS = {
    "Syslog": Stream(
        "Syslog", "Microsoft-Table-Syslog", Columns({}), (Flow("Syslog", 'source | where Facility != "x"'),)
    )
}


def expand(one, identity, _):
    return expand_manifest(one, identity.object_id)


def default_rule(cloud, declared):
    workspace = expand_manifest(declared).of_type("workspace")[0]
    body = cloud.management.get(workspace.id, workspace.type.api_version)
    return str(body["properties"].get("defaultDataCollectionRuleResourceId") or "").rpartition("/")[2]


def pruned(cloud, declared):
    plan = plan_against_azure(declared, expand, cloud, PlanOptions(prune=True))
    assert apply(plan, cloud, ApplyOptions(allow=("breaking:dcr-shop-workspace", "breaking:law-shop"))).ok
    return [f"{change.type} {change.name}" for change in plan.changes if change.action == "delete"]


def test_once_it_is_no_longer_declared_the_workspace_is_freed_of_it_first(cloud):
    up(cloud, manifest(cloud.target, workspace_transforms=TRANSFORMS))
    without = manifest(cloud.target)
    assert default_rule(cloud, without) == "dcr-shop-workspace"
    unpruned = plan_against_azure(without, expand, cloud)
    assert {(one.type, one.name) for one in unpruned.undeclared} == {
        ("dcr", "dcr-shop-workspace"),
        ("default_dcr", "law-shop"),
    }
    assert pruned(cloud, without) == ["default_dcr law-shop", "dcr dcr-shop-workspace"]
    assert default_rule(cloud, without) == ""
    assert plan_against_azure(without, expand, cloud, PlanOptions(prune=True)).undeclared == ()


def test_a_rule_that_somebody_else_has_put_there_stays(cloud):
    declared = manifest(cloud.target, workspace_transforms=TRANSFORMS)
    up(cloud, declared)
    rule = expand_manifest(declared)["dcr", "dcr-shop-workspace"]
    body = {**cloud.management.get(rule.id, rule.type.api_version), "tags": {}}
    theirs = rule.id.replace("dcr-shop-workspace", "dcr-theirs")
    cloud.management.put(rule.type, theirs, body)
    workspace = expand_manifest(declared).of_type("workspace")[0]
    change = {"properties": {"defaultDataCollectionRuleResourceId": theirs}}
    cloud.management.patch(resource_type("default_dcr"), workspace.id, change)
    without = manifest(cloud.target)
    assert pruned(cloud, without) == ["dcr dcr-shop-workspace"]
    assert default_rule(cloud, without) == "dcr-theirs"
