"""The manifest of a transition keeps both sides: its plan takes nothing away, and its checks find no error."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from provisioner.cli.main import provisioner as command
from provisioner.diagnostics import has_failures
from provisioner.errors import BadRequestFile
from provisioner.project import Project
from provisioner.transform_tests import run_transform_tests
from tests.plan.test_change_cases import FOLDERS, planned
from tests.support.offline_plans import plan_between

RENAMES = [folder for folder in FOLDERS if "Probably a rename" in (folder / "plan.txt").read_text("utf-8")]
TYPES = [folder for folder in FOLDERS if "fix: " in (folder / "plan.txt").read_text("utf-8")]


@pytest.mark.parametrize("folder", [*RENAMES, *TYPES], ids=lambda folder: folder.name)
def test_a_transition_takes_nothing_away(folder, tmp_path):
    plan = planned(folder, tmp_path)
    assert plan.renames or any(change.fix for change in plan.changes)
    file = tmp_path / "after" / "transition.yaml"
    file.write_text(Project.load(tmp_path / "after").transition(plan), "utf-8")
    project = Project.load(file)
    assert not has_failures(project.diagnostics), project.diagnostics
    assert all(result.ok for result in run_transform_tests(project.document))
    kept = plan_between(tmp_path / "before" / "provisioner.yaml", file)
    assert not [one for one in kept.undeclared if one.owned or one.type == "table"]
    assert not [delta for change in kept.changes for delta in change.deltas if delta.kind == "removed"]
    assert not [*kept.refusals()], [*map(str, kept.refusals())]
    # What comes is there too: after the transition the plan of the author's manifest creates nothing.
    then = plan_between(file, tmp_path / "after" / "provisioner.yaml")
    assert then.summary["create"] == 0


@pytest.mark.parametrize("folder", TYPES, ids=lambda folder: folder.name)
def test_the_edits_of_a_type_change_make_a_plan_that_azure_can_carry_out(folder, tmp_path):
    plan = planned(folder, tmp_path)
    file = tmp_path / "after" / "provisioner.yaml"
    text = file.read_text("utf-8")
    edits = [edit for change in plan.changes if change.fix for edit in change.fix.edits]
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    file.write_text(text, "utf-8")
    mended = plan_between(tmp_path / "before" / "provisioner.yaml", file)
    assert not [*mended.refusals()]
    [effect] = [effect for change in mended.changes for effect in change.flow_effects]
    new_columns = {f"{delta.name}" for change in mended.changes for delta in change.deltas if delta.kind == "added"}
    assert {cell.column for row in effect.rows for cell in row.differences} <= new_columns


def test_where_nothing_goes_there_is_no_transition(tmp_path):
    folder = next(folder for folder in FOLDERS if folder.name == "no-samples")
    plan = planned(folder, tmp_path)
    with pytest.raises(BadRequestFile, match="nothing to keep"):
        Project.load(tmp_path / "after").transition(plan)


@pytest.mark.parametrize(("file", "words"), [("provisioner.yaml", "name a new one"), ("../other.yaml", "beside the")])
def test_a_transition_goes_into_a_new_file_beside_the_manifest(file, words, tmp_path):
    planned(RENAMES[0], tmp_path)
    manifest = tmp_path / "after"
    done = CliRunner().invoke(command, ["plan", str(manifest), "--transition", str(manifest / file)])
    assert done.exit_code != 0
    assert words in done.output
