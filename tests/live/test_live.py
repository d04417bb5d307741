"""Live in the fewest calls, from whatever place the manifest points at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioner import errors, live
from provisioner import plan as planned
from provisioner.azure.thread_pool import each
from provisioner.model import Endpoint, Target, Workspace
from provisioner.resources import resource_type
from provisioner.resources.expand import expand
from tests.apply.test_apply import cloud, manifest, plan, up

__all__ = ["cloud"]


def counted(cloud, work):
    before = cloud.requests.reads
    found = work()
    return found, cloud.requests.reads - before


def test_an_empty_subscription_is_five_reads_and_nothing(cloud):
    found, reads = counted(cloud, lambda: live.read(cloud, expand(manifest(cloud.target), "p")))
    assert reads == 5
    assert len(found.graph) == 0
    assert found.everything.group is False


def test_five_reads_whatever_there_is(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    desired = expand(wanted, cloud.identity.object_id)
    found, reads = counted(cloud, lambda: live.read(cloud, desired))
    assert reads == 5
    assert {one.key for one in found.graph} == {one.key for one in desired}


def test_some_keys_are_read_one_by_one_and_many_by_a_list(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    desired = expand(wanted, cloud.identity.object_id)
    keys = {("table", "Orders_CL"), ("dcr", "dcr-shop")}
    found, reads = counted(cloud, lambda: live.read(cloud, desired, only=keys))
    assert reads == 2
    assert {one.key for one in found.graph} == keys
    same, reads = counted(cloud, lambda: live.read(cloud, desired, only=keys, by="list"))
    assert reads == 2
    assert {one.key: one.body for one in same.graph} == {one.key: one.body for one in found.graph}


def test_an_endpoint_of_another_group_is_one_read_more(cloud):
    elsewhere = manifest(Target("local", cloud.target.subscription, "rg-central", "westeurope"))
    up(cloud, elsewhere)
    ids = expand(elsewhere)
    here = Target("public", cloud.target.subscription, "rg-shop", "westeurope")
    wanted = manifest(
        here,
        workspace=Workspace("law-shop", "westeurope", None, ids["workspace", "law-shop"].id),
        endpoint=Endpoint("dce-shop", "westeurope", id=ids["endpoint", "dce-shop"].id),
        tables={},
        name="tenant",
    )
    desired = expand(wanted, cloud.identity.object_id)
    found, reads = counted(cloud, lambda: live.read(cloud, desired))
    assert reads == 6
    assert {("workspace", "law-shop"), ("endpoint", "dce-shop")} <= {one.key for one in found.graph}
    made = planned.plan(desired, found)
    assert [one.key for one in made.changes] == [("group", "rg-shop"), ("dcr", "dcr-shop"), ("grant", "me/dcr-shop")]


def test_an_existing_endpoint_in_another_region_is_refused_before_any_write(cloud):
    central = manifest(Target("local", cloud.target.subscription, "rg-central", "westeurope"))
    up(cloud, central)
    ids = expand(central)
    far = ids["endpoint", "dce-shop"].id.replace("dce-shop", "dce-far")
    cloud.management.put(resource_type("endpoint"), far, {"location": "northeurope", "properties": {}})
    here = Target("public", cloud.target.subscription, "rg-shop", "westeurope")
    wanted = manifest(
        here,
        workspace=Workspace("law-shop", "westeurope", None, ids["workspace", "law-shop"].id),
        endpoint=Endpoint("dce-far", "westeurope", id=far),
    )
    made = plan(cloud, wanted)
    with pytest.raises(errors.UnsafePlan, match="location is 'northeurope'"):
        made.raise_if_unsafe()


def test_the_same_grant_under_another_name_does_what_is_wanted(cloud):
    """Azure refuses a second one; so it is no difference."""
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    grant = expand(wanted, cloud.identity.object_id)["grant", "me/dcr-shop"]
    type_ = resource_type("grant")
    cloud.management.delete(type_, grant.id)
    other = grant.id.replace(grant.azure_name, "11111111-2222-3333-4444-555555555555")
    cloud.management.put(type_, other, expand(wanted, cloud.identity.object_id).body(grant))
    made = plan(cloud, wanted)
    assert made.changes == ()
    assert made.undeclared == ()


def test_unreadable_grants_are_a_gap_and_anything_else_is_an_error(cloud, azure_monitor):
    up(cloud, manifest(cloud.target))
    azure_monitor.fault("error", match="GET *roleAssignments*", status=403, code="AuthorizationFailed")
    found = live.read(cloud, expand(manifest(cloud.target), cloud.identity.object_id))
    assert [one.scope for one in found.coverage if not one.ok] == ["grants"]
    azure_monitor.heal()
    azure_monitor.fault("error", match="GET *tables*", status=403, code="AuthorizationFailed")
    with pytest.raises(errors.Forbidden):
        live.read(cloud, expand(manifest(cloud.target), cloud.identity.object_id))
    azure_monitor.heal()


def test_the_group_of_a_missing_workspace_is_still_seen(cloud):
    group = expand(manifest(cloud.target))["group", "rg-shop"]
    cloud.management.put(group.type, group.id, {"location": "westeurope"})
    assert plan(cloud, manifest(cloud.target)).changes[0].type == "workspace"


def test_a_pool_does_everything_and_raises_what_went_wrong():
    assert sorted(result for _, result in each(lambda one: one * 2, range(20), 3)) == [one * 2 for one in range(20)]
    assert list(each(str, [], 3)) == []

    def broken(one):
        if one == 3:
            raise ValueError("three")
        return one

    with pytest.raises(ValueError, match="three"):
        list(each(broken, range(10), 2))


def test_a_classic_table_stands_in_the_way(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    desired = expand(wanted, cloud.identity.object_id)
    found = live.read(cloud, desired)
    table = found.graph["table", "Orders_CL"]
    table.body["properties"]["schema"]["tableSubType"] = "Classic"
    made = planned.plan(desired, found)
    assert made.empty
    with pytest.raises(errors.UnsafePlan, match="table migrate --table-name Orders_CL"):
        made.raise_if_unsafe(["breaking:Orders_CL"])


def test_a_grant_on_a_strangers_rule_is_the_strangers(cloud):
    """Whatever its name is: it is neither told nor pruned."""
    theirs = manifest(cloud.target, name="theirs")
    up(cloud, theirs)
    ours = manifest(
        cloud.target,
        endpoint=None,
        dcrs={"dcr-ours": replace(theirs.dcrs["dcr-shop"], name="dcr-ours", endpoint="direct")},
        grants={},
        workspace=Workspace("law-shop", "westeurope", None, expand(theirs)["workspace", "law-shop"].id),
    )
    desired = expand(ours, cloud.identity.object_id)
    found = live.read(cloud, desired, owner=ours.owner)
    assert {(one.type, one.name, one.owned) for one in found.undeclared} == {
        ("dcr", "dcr-shop", False),
        ("endpoint", "dce-shop", False),
    }
    pruned = planned.plan(desired, found, prune=True)
    assert not [one for one in pruned.changes if one.action == "delete"]
