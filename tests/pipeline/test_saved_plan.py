"""A saved plan beside a project: the steps that both have, and nothing that a plan file cannot do."""

from __future__ import annotations

import json

import pytest

from provisioner import Project, errors
from provisioner.apply import ApplyOptions
from provisioner.plan import PlanOptions
from provisioner.plannable import Plannable
from provisioner.saved_plan import SavedPlan


def public_members(type_):
    return {name for name in dir(type_) if not name.startswith("_")}


def test_a_saved_plan_offers_the_steps_of_both_and_no_others():
    """A subclass would inherit checks, tests and positions, which need a text that a plan file does not hold."""
    assert public_members(SavedPlan) == public_members(Plannable)
    assert public_members(Plannable) < public_members(Project)
    assert not issubclass(SavedPlan, Project)
    text_bound = {"diagnostics", "test", "position_of", "reload", "validate", "manifest", "verify"}
    assert text_bound <= public_members(Project) - public_members(SavedPlan)


def plan_file(folder, azure, options=None):
    project = Project.load(folder, environment="local")
    file = folder / "plan.json"
    project.save_plan(project.plan(azure, options), azure, file)
    return file


@pytest.fixture
def azure(shop):
    with Project.load(shop, environment="local").connect() as connection:
        yield connection


def test_a_saved_plan_is_applied_and_gives_the_outputs_of_its_project(shop, azure):
    saved = SavedPlan(plan_file(shop, azure))
    assert saved.environment == "local"
    assert saved.target == Project.load(shop, environment="local").target
    with saved.lock():
        plan = saved.plan(azure)
        applied = saved.apply(plan, azure)
    assert applied.ok
    assert saved.outputs(azure, applied) == Project.load(shop, environment="local").outputs(azure)
    with pytest.raises(errors.StalePlan):
        saved.plan(azure)


def test_what_was_accepted_when_the_plan_was_reviewed_need_not_be_accepted_again(shop, azure):
    """The file names it; a plan that was made now has to be accepted where it is applied."""
    project = Project.load(shop, environment="local")
    project.apply(project.plan(azure), azure)
    manifest = shop / "provisioner.yaml"
    manifest.write_text(manifest.read_text().replace("    total_retention: 365\n", "    total_retention: 180\n"))
    made_now = Project.load(shop, environment="local").plan(azure)
    approvals = tuple(refusal.allow for refusal in made_now.refusals())
    assert approvals == ("destructive:Orders_CL",)
    with pytest.raises(errors.UnsafePlan):
        Project.load(shop, environment="local").apply(made_now, azure)
    saved = SavedPlan(plan_file(shop, azure, PlanOptions(allow=approvals)))
    reviewed = saved.plan(azure)
    assert reviewed.accepted == approvals
    assert saved.apply(reviewed, azure).ok


def test_a_saved_plan_keeps_its_options_and_takes_more(shop, azure):
    file = plan_file(shop, azure, PlanOptions(only=("dcr/dcr-webshop",), prune=True, allow=("breaking:many",)))
    assert json.loads(file.read_text())["options"] == {
        "prune": True,
        "only": ["dcr/dcr-webshop"],
        "allow": ["breaking:many"],
    }
    plan = SavedPlan(file).plan(azure)
    assert plan.options == PlanOptions(only=("dcr/dcr-webshop",), prune=True, allow=("breaking:many",))
    assert SavedPlan(file).apply(plan, azure, ApplyOptions(parallelism=1)).ok
