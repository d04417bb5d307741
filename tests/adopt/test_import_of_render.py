"""What is rendered can be read back: import ∘ render = identity, without any Azure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from provisioner import load, render
from provisioner.adopt import ImportOptions, from_arm
from provisioner.load.yaml.yaml_writer import dump_yaml
from provisioner.resources.expand import expand_manifest
from tests.adopt.test_live_import import comparable, manifests
from tests.support.paths import ROOT

PRINCIPAL = "99999999-2222-3333-4444-555555555555"


def through_arm(folder, manifest):
    """The manifest printed as a template for a known principal, and imported again."""
    file = folder / "template.json"
    file.write_text(
        render.render(manifest, expand_manifest(manifest, PRINCIPAL), "arm")["template.json"], encoding="utf-8"
    )
    adopted = from_arm([file], ImportOptions(name=manifest.name))
    back = folder / "provisioner.yaml"
    back.write_text(adopted.yaml_text(), encoding="utf-8")
    return adopted, load.load_document(back, environment=None if manifest.environment is None else "local").manifest


@settings(max_examples=40, deadline=None)
@given(fields=manifests())
def test_a_rendered_template_reads_back_as_the_manifest(tmp_path_factory, fields):
    folder = tmp_path_factory.mktemp("arm")
    (folder / "source.yaml").write_text(dump_yaml(fields), encoding="utf-8")
    manifest = load.load_document(folder / "source.yaml", environment="local").manifest
    adopted, back = through_arm(folder, manifest)
    assert [diagnostic.message for diagnostic in adopted.diagnostics if diagnostic.severity != "info"] == []
    assert comparable(back) == comparable(manifest)


@pytest.mark.parametrize(
    "example",
    # A template holds no application of the directory, and no setting that Azure would have without it.
    [
        file
        for file in sorted((ROOT / "examples").glob("*/provisioner.yaml"))
        if "applications:" not in file.read_text()
    ],
    ids=lambda file: file.parent.name,
)
def test_every_example_survives_the_way_through_a_template(tmp_path, example):
    manifest = load.load_document(example).manifest
    _, back = through_arm(tmp_path, manifest)
    assert comparable(back) == comparable(manifest)
