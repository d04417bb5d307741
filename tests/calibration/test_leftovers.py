"""Groups that a killed run left behind are found again, and what is another owner's is never touched."""

from __future__ import annotations

import datetime as dt

import pytest

from provisioner.azure import connect_local
from provisioner.calibration.leftover_groups import find_leftovers, forget_group, remember_group
from provisioner.calibration.throwaway_group import ThrowawayGroup, create_group, find_groups, remove_group
from provisioner.errors import ProvisionerError
from provisioner.model.manifest import local_target
from provisioner.resources import resource_type
from provisioner.resources.resource_ids import group_id

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


@pytest.fixture
def azure(azure_monitor):
    with connect_local(local_target(), azure_monitor.ready) as connection:
        yield connection


def new_group(azure, hours_ago):
    group = ThrowawayGroup.new(NOW - dt.timedelta(hours=hours_ago))
    create_group(azure, group, "westeurope")
    return group


def test_an_old_group_is_a_leftover_and_a_young_one_may_be_in_use(azure, tmp_path):
    old, young = new_group(azure, 30), new_group(azure, 1)
    assert find_groups(azure) == (old, young)
    assert find_leftovers(azure, tmp_path, NOW) == ((old,), (young,))


def test_a_group_that_this_project_remembers_is_a_leftover_at_any_age(azure, tmp_path):
    young = new_group(azure, 0)
    remember_group(tmp_path, young)
    assert find_leftovers(azure, tmp_path, NOW).ours == (young,)
    forget_group(tmp_path, young)
    assert find_leftovers(azure, tmp_path, NOW).running == (young,)


@pytest.mark.parametrize("text", ["", "{", "{}", '["x", 1]', "null"])
def test_a_broken_memory_remembers_nothing(azure, tmp_path, text):
    (tmp_path / "calibration-groups.json").write_text(text)
    young = new_group(azure, 0)
    assert find_leftovers(azure, tmp_path, NOW).running == (young,)


def test_a_tag_with_another_value_is_a_leftover_of_unknown_age(azure, tmp_path):
    body = {"location": "westeurope", "tags": {"provisioner-calibration": "by hand"}}
    azure.management.put(resource_type("group"), group_id(azure.target.subscription, "rg-odd"), body)
    assert [group.name for group in find_leftovers(azure, tmp_path, NOW).ours] == ["rg-odd"]


def test_a_group_is_removed_with_its_workspace_and_only_where_it_has_the_tag(azure):
    group = new_group(azure, 0)
    id_ = group_id(azure.target.subscription, group.name)
    workspace = f"{id_}/providers/Microsoft.OperationalInsights/workspaces/{group.workspace_name}"
    azure.management.put(resource_type("workspace"), workspace, {"location": "westeurope", "properties": {}})
    remove_group(azure, group)
    remove_group(azure, group)  # one that is gone is no error
    assert azure.management.get(id_, resource_type("group").api_version) is None
    deleted = f"/subscriptions/{azure.target.subscription}/providers/Microsoft.OperationalInsights/deletedWorkspaces"
    assert azure.management.list(deleted, resource_type("workspace").api_version) == []
    azure.management.put(resource_type("group"), id_, {"location": "westeurope"})
    with pytest.raises(ProvisionerError, match="no tag"):
        remove_group(azure, group)
    assert azure.management.get(id_, resource_type("group").api_version) is not None
