"""Live resources in the fewest calls, wherever the target and its parts are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioner import errors, live
from provisioner import plan as planned
from provisioner.azure.thread_pool import map_unordered
from provisioner.model import Endpoint, Target, Workspace
from provisioner.resources import resource_type
from provisioner.resources.expand import expand_manifest
from tests.apply.test_apply import cloud, manifest, plan, up

__all__ = ["cloud"]


def counted(cloud, work):
    before = cloud.requests.reads
    result = work()
    return result, cloud.requests.reads - before


def test_an_empty_subscription_is_five_reads_and_nothing(cloud):
    live_resources, reads = counted(cloud, lambda: live.read_live(cloud, expand_manifest(manifest(cloud.target), "p")))
    assert reads == 5
    assert len(live_resources.graph) == 0
    assert live_resources.inventory.group_exists is False


def test_five_reads_whatever_there_is(cloud):
    declared = manifest(cloud.target)
    up(cloud, declared)
    desired = expand_manifest(declared, cloud.identity.object_id)
    live_resources, reads = counted(cloud, lambda: live.read_live(cloud, desired))
    assert reads == 5
    assert {resource.key for resource in live_resources.graph} == {resource.key for resource in desired}


def test_some_keys_are_read_one_by_one_and_many_by_a_list(cloud):
    declared = manifest(cloud.target)
    up(cloud, declared)
    desired = expand_manifest(declared, cloud.identity.object_id)
    keys = {("table", "Orders_CL"), ("dcr", "dcr-shop")}
    live_resources, reads = counted(cloud, lambda: live.read_live(cloud, desired, only=keys))
    assert reads == 2
    assert {resource.key for resource in live_resources.graph} == keys
    same, reads = counted(cloud, lambda: live.read_live(cloud, desired, only=keys, strategy="list"))
    assert reads == 2
    assert {resource.key: resource.body for resource in same.graph} == {
        resource.key: resource.body for resource in live_resources.graph
    }


def test_an_endpoint_of_another_group_is_one_read_more(cloud):
    elsewhere = manifest(Target("local", cloud.target.subscription, "rg-central", "westeurope"))
    up(cloud, elsewhere)
    ids = expand_manifest(elsewhere)
    target = Target("public", cloud.target.subscription, "rg-shop", "westeurope")
    declared = manifest(
        target,
        workspace=Workspace("law-shop", "westeurope", None, ids["workspace", "law-shop"].id),
        endpoint=Endpoint("dce-shop", "westeurope", id=ids["endpoint", "dce-shop"].id),
        tables={},
        name="tenant",
    )
    desired = expand_manifest(declared, cloud.identity.object_id)
    live_resources, reads = counted(cloud, lambda: live.read_live(cloud, desired))
    assert reads == 6
    assert {("workspace", "law-shop"), ("endpoint", "dce-shop")} <= {resource.key for resource in live_resources.graph}
    new_plan = planned.build_plan(desired, live_resources)
    assert [change.key for change in new_plan.changes] == [
        ("group", "rg-shop"),
        ("dcr", "dcr-shop"),
        ("grant", "me/dcr-shop"),
    ]


def test_an_existing_endpoint_in_another_region_is_refused_before_any_write(cloud):
    central = manifest(Target("local", cloud.target.subscription, "rg-central", "westeurope"))
    up(cloud, central)
    ids = expand_manifest(central)
    far = ids["endpoint", "dce-shop"].id.replace("dce-shop", "dce-far")
    cloud.management.put(resource_type("endpoint"), far, {"location": "northeurope", "properties": {}})
    target = Target("public", cloud.target.subscription, "rg-shop", "westeurope")
    declared = manifest(
        target,
        workspace=Workspace("law-shop", "westeurope", None, ids["workspace", "law-shop"].id),
        endpoint=Endpoint("dce-far", "westeurope", id=far),
    )
    new_plan = plan(cloud, declared)
    with pytest.raises(errors.UnsafePlan, match="location is 'northeurope'"):
        new_plan.raise_if_unsafe()


def test_the_same_grant_under_another_name_does_what_is_wanted(cloud):
    """Azure refuses a second one; so it is no difference."""
    declared = manifest(cloud.target)
    up(cloud, declared)
    grant = expand_manifest(declared, cloud.identity.object_id)["grant", "me/dcr-shop"]
    type_ = resource_type("grant")
    cloud.management.delete(type_, grant.id)
    other = grant.id.replace(grant.azure_name, "11111111-2222-3333-4444-555555555555")
    cloud.management.put(type_, other, expand_manifest(declared, cloud.identity.object_id).resolved_body(grant))
    new_plan = plan(cloud, declared)
    assert new_plan.changes == ()
    assert new_plan.undeclared == ()


def test_unreadable_grants_are_a_gap_and_anything_else_is_an_error(cloud, azure_monitor):
    up(cloud, manifest(cloud.target))
    azure_monitor.fault("error", match="GET *roleAssignments*", status=403, code="AuthorizationFailed")
    live_resources = live.read_live(cloud, expand_manifest(manifest(cloud.target), cloud.identity.object_id))
    assert [entry.scope for entry in live_resources.coverage if not entry.ok] == ["grants"]
    azure_monitor.clear_faults()
    azure_monitor.fault("error", match="GET *tables*", status=403, code="AuthorizationFailed")
    with pytest.raises(errors.Forbidden):
        live.read_live(cloud, expand_manifest(manifest(cloud.target), cloud.identity.object_id))
    azure_monitor.clear_faults()


def test_the_group_of_a_missing_workspace_is_still_seen(cloud):
    group = expand_manifest(manifest(cloud.target))["group", "rg-shop"]
    cloud.management.put(group.type, group.id, {"location": "westeurope"})
    assert plan(cloud, manifest(cloud.target)).changes[0].type == "workspace"


def test_a_pool_does_everything_and_raises_what_went_wrong():
    assert sorted(result for _, result in map_unordered(lambda one: one * 2, range(20), 3)) == [
        one * 2 for one in range(20)
    ]
    assert list(map_unordered(str, [], 3)) == []

    def broken(one):
        if one == 3:
            raise ValueError("three")
        return one

    with pytest.raises(ValueError, match="three"):
        list(map_unordered(broken, range(10), 2))


def test_a_classic_table_stands_in_the_way(cloud):
    declared = manifest(cloud.target)
    up(cloud, declared)
    desired = expand_manifest(declared, cloud.identity.object_id)
    live_resources = live.read_live(cloud, desired)
    table = live_resources.graph["table", "Orders_CL"]
    table.body["properties"]["schema"]["tableSubType"] = "Classic"
    new_plan = planned.build_plan(desired, live_resources)
    assert new_plan.empty
    with pytest.raises(errors.UnsafePlan, match="table migrate --table-name Orders_CL"):
        new_plan.raise_if_unsafe(["breaking:Orders_CL"])


def test_a_grant_on_a_strangers_rule_is_the_strangers(cloud):
    """Whatever its name is: it is neither reported nor pruned."""
    other = manifest(cloud.target, name="theirs")
    up(cloud, other)
    own = manifest(
        cloud.target,
        endpoint=None,
        dcrs={"dcr-ours": replace(other.dcrs["dcr-shop"], name="dcr-ours", endpoint="direct")},
        grants={},
        workspace=Workspace("law-shop", "westeurope", None, expand_manifest(other)["workspace", "law-shop"].id),
    )
    desired = expand_manifest(own, cloud.identity.object_id)
    live_resources = live.read_live(cloud, desired, owner=own.owner)
    assert {(resource.type, resource.name, resource.owned) for resource in live_resources.undeclared} == {
        ("dcr", "dcr-shop", False),
        ("endpoint", "dce-shop", False),
    }
    pruned = planned.build_plan(desired, live_resources, planned.PlanOptions(prune=True))
    assert not [change for change in pruned.changes if change.action == "delete"]
