"""The manifest and all its environments in one run."""

from __future__ import annotations

import pytest

from provisioner import validate
from tests.support.manifests import write_manifest

TABLES = "tables: {Orders_CL: {retention: 90, columns: {TimeGenerated: datetime}}}\n"


def codes_and_environments(folder, piece, **variables):
    diagnostics = validate.check_all_environments(write_manifest(folder, piece), variables)
    return [(diagnostic.code, diagnostic.environments) for diagnostic in diagnostics]


def test_a_finding_of_one_environment_names_it(tmp_path):
    piece = TABLES + "environments: {prod: {tables: {Orders_CL: {retention: 3}}}, test: {}}\n"
    assert codes_and_environments(tmp_path, piece) == [("TAB004", ("prod",))]


def test_a_finding_of_all_is_told_once_and_names_none(tmp_path):
    piece = TABLES.replace("90", "3") + "environments: {prod: {}, test: {}}\n"
    assert codes_and_environments(tmp_path, piece) == [("TAB004", ())]


def test_what_only_the_manifest_itself_does_wrong_is_marked(tmp_path):
    piece = TABLES.replace("90", "3") + "environments: {prod: {tables: {Orders_CL: {retention: 30}}}}\n"
    assert codes_and_environments(tmp_path, piece) == [("TAB004", ("-",))]


def test_an_environment_that_is_named_is_checked_alone(tmp_path):
    path = write_manifest(tmp_path, TABLES + "environments: {prod: {tables: {Orders_CL: {retention: 3}}}, test: {}}\n")
    assert validate.check_all_environments(path, {}, "test") == ()
    assert [diagnostic.environments for diagnostic in validate.check_all_environments(path, {}, "prod")] == [()]


def test_the_manifest_itself_may_need_an_environment_to_be_whole(tmp_path):
    piece = TABLES + "workspace: {name: law-$(environment)}\nenvironments: {prod: {}, test: {}}\n"
    assert codes_and_environments(tmp_path, piece) == []


def test_the_target_may_differ_between_environments(tmp_path):
    target = "target: {subscription: 6f9619ff-8b86-d011-b42d-00c04fc964ff, resource_group: rg}\n"
    piece = TABLES + target + "environments: {prod: {target: {location: westeurope}}, test: {}}\n"
    assert codes_and_environments(tmp_path, piece) == [("MAN003", ("-", "test"))]
    piece = piece.replace("test: {}", "test: {target: {location: northeurope}}")
    assert codes_and_environments(tmp_path, piece) == []


def test_without_environments_it_has_to_be_whole(tmp_path):
    (code, _), *_ = codes_and_environments(tmp_path, TABLES + "workspace: {name: law-$(environment)}\n")
    assert code.startswith("VAR")


def test_a_variable_that_no_environment_gives_is_told_once(tmp_path):
    piece = TABLES + "variables: {law: {}}\nworkspace: {name: law-$(law)}\nenvironments: {prod: {}, test: {}}\n"
    assert len(codes_and_environments(tmp_path, piece)) == 1
    assert codes_and_environments(tmp_path, piece, law="x") == []


def test_the_built_in_environment_is_checked_where_something_is_laid_over_it(tmp_path):
    piece = TABLES + "environments: {local: {tables: {Orders_CL: {retention: 3}}}}\n"
    assert codes_and_environments(tmp_path, piece) == [("TAB004", ("local",))]


@pytest.mark.parametrize("text", ["", "a: [", "- 1\n", "version: 1\nenvironments: {prod: 5}\n"])
def test_a_file_that_cannot_be_loaded_is_told_once(text, tmp_path):
    path = tmp_path / "provisioner.yaml"
    path.write_text(text)
    diagnostics = validate.check_all_environments(path, {})
    assert diagnostics
    assert len({(diagnostic.place, diagnostic.code, diagnostic.message) for diagnostic in diagnostics}) == len(
        diagnostics
    )
    assert all(diagnostic.place for diagnostic in diagnostics)
