"""Definitions of one's own: what is rendered is what is planned, applied, compared and removed."""

from __future__ import annotations

import json

import click
import pytest

from provisioner import Project, errors
from provisioner.cli.lazy_commands import COMMANDS
from provisioner.cli.main import provisioner as root
from provisioner.cli.main import run
from provisioner.resources import expand as expansion

OVERRIDE = """\
{% set base %}{% include "builtin/dcr.json.j2" %}{% endset %}
{{ base | merge({"tags": {"costcentre": "42"}}) }}
"""
EXPANDING = ("render", "plan", "apply", "verify", "up", "outputs", "drift", "doctor", "destroy")


@pytest.fixture
def templates(tmp_path):
    folder = tmp_path / "definitions"
    folder.mkdir()
    (folder / "dcr.json.j2").write_text(OVERRIDE)
    return folder


def output_of(capsys, *arguments):
    code = run([*map(str, arguments)])
    return code, capsys.readouterr().out


def dcr_tags(shop):
    project = Project.load(shop, environment="local")
    with project.connect() as azure:
        resource = project.desired(azure.identity)["dcr", "dcr-webshop"]
        return azure.management.get(resource.id, resource.type.api_version)["tags"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_expands_takes_templates(name):
    options = {option for parameter in root.get_command(None, name).params for option in parameter.opts}
    assert ("--templates" in options) is (name in EXPANDING)


def test_what_is_rendered_with_them_is_what_is_planned_applied_and_compared(shop, templates, capsys):
    _, rendered = output_of(capsys, "render", shop, "-e", "local", "--templates", templates)
    (rule,) = [one for one in json.loads(rendered)["resources"] if one["type"].endswith("dataCollectionRules")]
    assert rule["tags"]["costcentre"] == "42"
    code, _ = output_of(capsys, "apply", shop, "-e", "local", "--templates", templates)
    assert (code, dcr_tags(shop)) == (0, rule["tags"])
    code, _ = output_of(capsys, "plan", shop, "-e", "local", "--templates", templates, "--detailed-exitcode")
    assert code == 0
    code, _ = output_of(capsys, "drift", shop, "-e", "local", "--templates", templates)
    assert code == 0
    for command in ("verify", "outputs"):
        assert output_of(capsys, command, shop, "-e", "local", "--templates", templates)[0] == 0
    (templates / "dcr.json.j2").write_text(OVERRIDE.replace("42", "43"))
    code, text = output_of(capsys, "drift", shop, "-e", "local", "--templates", templates)
    assert code == 2
    assert "costcentre" in text
    assert output_of(capsys, "up", shop, "-e", "local", "--templates", templates)[0] == 0
    assert dcr_tags(shop)["costcentre"] == "43"
    assert output_of(capsys, "destroy", shop, "-e", "local", "--templates", templates)[0] == 0


@pytest.mark.parametrize("name", ["apply", "verify", "up", "outputs", "drift", "destroy", "plan"])
def test_a_directory_that_replaces_nothing_is_refused_by_every_command(name, shop, tmp_path, capsys):
    """A path that is not meant must not be taken for no path."""
    empty = tmp_path / "empty"
    empty.mkdir()
    assert output_of(capsys, name, shop, "-e", "local", "--templates", empty)[0] == 1


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".provisioner.toml", 'templates = "../definitions"\n'),
        ("pyproject.toml", '[tool.provisioner]\ntemplates = "../definitions"\n'),
    ],
)
def test_the_settings_of_the_project_name_them_for_all_commands(file, text, shop, templates, monkeypatch, capsys):
    """The path is relative to the settings, wherever the command is called."""
    (shop / file).write_text(text)
    monkeypatch.chdir(shop.parent)
    _, rendered = output_of(capsys, "render", shop)
    assert '"costcentre": "42"' in rendered
    assert Project.load(shop).templates.resolve() == templates
    project = Project.load(shop, environment="local")
    with project.connect() as azure:
        assert project.apply(project.plan(azure), azure).ok
    assert dcr_tags(shop)["costcentre"] == "42"


def test_the_option_outweighs_the_settings(shop, templates, tmp_path, capsys):
    (shop / ".provisioner.toml").write_text('templates = "elsewhere"\n')
    assert output_of(capsys, "render", shop)[0] == 1
    code, rendered = output_of(capsys, "render", shop, "--templates", templates)
    assert code == 0
    assert "costcentre" in rendered


@pytest.mark.parametrize("text", ["templates = 1\n", 'template = "definitions"\n'])
def test_a_setting_that_means_nothing_is_an_error(text, shop):
    (shop / ".provisioner.toml").write_text(text)
    with pytest.raises(errors.ProvisionerError, match=r"\.provisioner\.toml"):
        Project.load(shop).desired()


def test_a_saved_plan_holds_the_bodies_and_takes_no_other_definitions(shop, templates, tmp_path, capsys):
    file = tmp_path / "plan.json"
    assert output_of(capsys, "plan", shop, "-e", "local", "--templates", templates, "--out", file)[0] == 0
    assert output_of(capsys, "apply", file, "--templates", templates)[0] == 64
    assert output_of(capsys, "apply", file)[0] == 0
    assert dcr_tags(shop)["costcentre"] == "42"


def test_definitions_are_an_option_of_loading_and_cannot_be_changed_after(shop, templates):
    project = Project.load(shop, templates=templates)
    assert project.desired()["dcr", "dcr-webshop"].body["tags"]["costcentre"] == "42"
    assert project.reload().templates == templates
    assert isinstance(root.get_command(None, "render"), click.Command)
    assert expansion.expand_manifest(project.manifest)["dcr", "dcr-webshop"].body["tags"].keys() >= {"provisioner"}
