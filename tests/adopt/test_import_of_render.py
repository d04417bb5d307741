"""What is rendered can be read back: import ∘ render = identity, without any Azure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from provisioner import load, render
from provisioner.adopt import Given, from_arm
from provisioner.load.yaml.yaml_writer import dump
from provisioner.resources.expand import expand
from tests.adopt.test_live_import import manifests, told
from tests.support.paths import ROOT

PRINCIPAL = "99999999-2222-3333-4444-555555555555"


def through_arm(folder, manifest):
    """The manifest printed as a template for a known principal, and imported again."""
    file = folder / "template.json"
    file.write_text(render.render(manifest, expand(manifest, PRINCIPAL), "arm")["template.json"], encoding="utf-8")
    adopted = from_arm([file], Given(name=manifest.name))
    back = folder / "provisioner.yaml"
    back.write_text(adopted.text(), encoding="utf-8")
    return adopted, load.document(back, environment=None if manifest.environment is None else "local").manifest


@settings(max_examples=40, deadline=None)
@given(words=manifests())
def test_a_rendered_template_reads_back_as_the_manifest(tmp_path_factory, words):
    folder = tmp_path_factory.mktemp("arm")
    (folder / "source.yaml").write_text(dump(words), encoding="utf-8")
    manifest = load.document(folder / "source.yaml", environment="local").manifest
    adopted, back = through_arm(folder, manifest)
    assert [each.message for each in adopted.diagnostics if each.severity != "info"] == []
    assert told(back) == told(manifest)


@pytest.mark.parametrize(
    "example", sorted((ROOT / "examples").glob("*/provisioner.yaml")), ids=lambda file: file.parent.name
)
def test_every_example_survives_the_way_through_a_template(tmp_path, example):
    manifest = load.document(example).manifest
    _, back = through_arm(tmp_path, manifest)
    assert told(back) == told(manifest)
