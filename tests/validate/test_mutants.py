"""The share of wrong manifests that are reported: those that Azure would refuse, or whose rows it would drop."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from provisioner import load, validate
from tests.support.mutants import VALID, mutants
from tests.support.mutants_of_any import mutants_of
from tests.support.paths import EXAMPLES

SHARE = 0.95
EXAMPLES = {path.parent.name: path.parent for path in EXAMPLES.glob("*/provisioner.yaml")}


def messages(folder: Path, tree: dict) -> list[str]:
    path = folder / "provisioner.yaml"
    path.write_text(json.dumps(tree, ensure_ascii=False), encoding="utf-8")  # JSON is YAML
    diagnostics = validate.check(load.load_document(path))
    return [f"{diagnostic.code} {diagnostic.message}" for diagnostic in diagnostics if diagnostic.severity != "info"]


def test_the_manifest_that_is_broken_is_valid(tmp_path):
    assert messages(tmp_path, VALID) == []


def test_nearly_all_mutants_are_caught(tmp_path, record_property):
    """The survivors are listed by name in the failure and in the test report."""
    all_of_them = list(mutants())
    survivors = [name for name, tree in all_of_them if not messages(tmp_path, tree)]
    caught = len(all_of_them) - len(survivors)
    record_property("mutants", len(all_of_them))
    record_property("survivors", "; ".join(survivors))
    assert len({name for name, _ in all_of_them}) == len(all_of_them)
    assert caught >= SHARE * len(all_of_them), f"{caught} of {len(all_of_them)}; survivors:\n" + "\n".join(survivors)


@pytest.mark.parametrize("name", ["limits", "lengths", "types", "regions", "references"])
def test_what_the_facts_say_plainly_is_caught_without_exception(name, tmp_path):
    """These need no judgement: a number, a length, a type, a region or a name that is not there."""
    survivors = [title for title, tree in mutants() if title.startswith(f"{name}:") and not messages(tmp_path, tree)]
    assert survivors == []


@pytest.mark.parametrize("name", ["", *sorted(EXAMPLES)])
def test_nearly_all_mutants_of_an_example_are_caught(name, tmp_path):
    """Operators that walk any manifest; findings of the unchanged example do not count."""
    folder, tree = tmp_path, VALID
    if name:
        folder = tmp_path / name
        shutil.copytree(EXAMPLES[name], folder, ignore=shutil.ignore_patterns(".provisioner"))
        tree = yaml.safe_load((folder / "provisioner.yaml").read_text(encoding="utf-8"))
    before = set(messages(folder, tree))
    all_of_them = list(mutants_of(tree))
    survivors = [title for title, mutant in all_of_them if not set(messages(folder, mutant)) - before]
    assert len(all_of_them) >= 50
    assert len(survivors) <= (1 - SHARE) * len(all_of_them), "\n".join(survivors)
