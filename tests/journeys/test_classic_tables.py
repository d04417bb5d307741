"""A classic table through plan, apply, verify and drift: migrated once, where the author asks for it."""

from __future__ import annotations

import json

import pytest

from provisioner import azure as azure_room
from provisioner.apply import ApplyOptions
from provisioner.errors import UnsafePlan
from provisioner.plan import PlanOptions
from provisioner.project import Project
from provisioner.resources import resource_type
from provisioner.saved_plan import SavedPlan

HEAD = """\
version: 1
name: move
target: {cloud: local, resource_group: rg-move, location: westeurope}
workspace: {name: law-move}
endpoint: {name: dce-move}
"""
TABLE = """\
tables:
  Old_CL: {migrate: MIGRATE, columns: {TimeGenerated: datetime, Name_s: string, Count_d: real}}
streams:
  Custom-Old:
    columns: {Name: string, Count: real}
    table: Old_CL
    transform: source | project TimeGenerated = now(), Name_s = Name, Count_d = Count
    samples: [{Name: a, Count: 1.5}]
grants: {me: {principal: self}}
"""
ALLOWED = PlanOptions(allow=("breaking:Old_CL",))


@pytest.fixture
def old(tmp_path, azure_monitor):
    """A workspace with a classic table, and the project beside it."""
    file = tmp_path / "provisioner.yaml"
    file.write_text(HEAD)
    project = Project.load(file)
    with azure_room.connect_local(project.target, azure_monitor.ready) as azure:
        project.apply(project.plan(azure), azure)
        azure_monitor.call_admin_api("PUT", f"/emulator/classic/{azure_monitor.subscription}/rg-move/law-move/Old_CL")
        yield file, azure


def with_migrate(file, value):
    file.write_text(HEAD + TABLE.replace("MIGRATE", value))
    return Project.load(file)


def subtype(project, azure):
    id_ = project.desired(azure.identity)["table", "Old_CL"].id
    return azure.management.get(id_, resource_type("table").api_version)["properties"]["schema"]["tableSubType"]


def change_of(plan):
    return next(change for change in plan.changes if change.name == "Old_CL")


def test_without_the_key_a_classic_table_blocks_the_plan_and_the_key_is_named(old):
    file, azure = old
    plan = with_migrate(file, "false").plan(azure, ALLOWED)
    (reason,) = change_of(plan).reasons
    assert reason.blocked
    assert "migrate: true" in reason.instead
    assert not change_of(plan).writes


def test_a_migration_is_shown_as_what_it_is_and_needs_to_be_allowed(old):
    file, azure = old
    project = with_migrate(file, "true")
    change = change_of(project.plan(azure))
    assert (change.action, change.risk, change.conversion) == ("update", "breaking", "migrate")
    assert "once and for good" in change.reasons[0].text
    assert change.reasons[0].allow == "breaking:Old_CL"
    with pytest.raises(UnsafePlan, match="Old_CL"):
        project.apply(project.plan(azure), azure)
    assert subtype(project, azure) == "Classic"


@pytest.mark.parametrize("deployment", [False, True], ids=["calls", "deployment"])
def test_an_allowed_migration_is_done_and_the_next_plan_is_empty(old, deployment):
    file, azure = old
    project = with_migrate(file, "true")
    options = ApplyOptions(allow=("breaking:Old_CL",), deployment=deployment)
    outcomes = project.apply(project.plan(azure, ALLOWED), azure, options)
    assert {outcome.state for outcome in outcomes} == {"applied"}
    assert subtype(project, azure) == "DataCollectionRuleBased"
    assert project.plan(azure).changes == ()
    assert not project.drift(azure).drifted
    assert project.verify(azure).ok


def test_a_saved_plan_migrates_too(old, tmp_path):
    file, azure = old
    project = with_migrate(file, "true")
    project.save_plan(project.plan(azure, ALLOWED), azure, tmp_path / "plan.json")
    assert any(resource["converts"] for resource in json.loads((tmp_path / "plan.json").read_text())["desired"])
    saved = SavedPlan(tmp_path / "plan.json")
    saved.apply(saved.plan(azure), azure)
    assert subtype(project, azure) == "DataCollectionRuleBased"
