"""Each value of a manifest knows where the author wrote it; whatever reports about it says the same place."""

from __future__ import annotations

import pytest

from provisioner import Project
from provisioner.apply.flow_errors import FlowError, error_locator
from provisioner.model import Flow
from provisioner.validate.manifest_parts import PART_TYPES, iterate_parts
from tests.support.paths import EXAMPLES

HEAD = """\
version: 1
name: shop
target: {subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg, location: westeurope}
workspace: {name: law-shop}
endpoint: {name: dce-shop}
tables:
  Orders_CL: {columns: {TimeGenerated: datetime, Size: long}}
  Sizes_CL: {columns: {TimeGenerated: datetime, Size: long}}
streams:
  Custom-Orders:
    columns: {TimeGenerated: datetime, Note: string}
"""
TESTS = """\
    tests:
      - given: [{TimeGenerated: "2026-01-01T10:00:00Z", Note: a}]
        expect: {TABLE: [{Size: 1}]}
"""
FORMS = {
    "in the stream itself": "    table: TABLE\n    transform: source | extend Size = strlen(Nott)\n",
    "the only entry of a list": """\
    flows:
      - table: TABLE
        transform: source | extend Size = strlen(Nott)
""",
    "the second entry of a list": """\
    flows:
      - {table: Sizes_CL, transform: "source | extend Size = strlen(Note) | project TimeGenerated, Size"}
      - table: TABLE
        transform: source | extend Size = strlen(Nott)
""",
}


@pytest.mark.parametrize("form", FORMS)
def test_validate_test_and_apply_name_the_same_place_of_a_transform(form, tmp_path):
    """However flows are written; a list with one entry was once taken for no list by two of the three."""
    text = (HEAD + FORMS[form] + TESTS).replace("TABLE", "Orders_CL")
    (tmp_path / "provisioner.yaml").write_text(text)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "Nott" in line)
    column = text.splitlines()[line - 1].index("Nott") + 1
    project = Project.load(tmp_path)
    (validated,) = {diagnostic.place for diagnostic in project.diagnostics if "Nott" in diagnostic.message}
    (tested,) = {diagnostic.place for result in project.test() for diagnostic in result.diagnostics}
    locate = error_locator(project.manifest, project.document.place)
    query = project.manifest.streams["Custom-Orders"].flows[-1].transform
    applied = locate(FlowError("InvalidTransform", "'Nott' is unknown", "Custom-Orders", "Custom-Orders_CL", query))
    assert {(place.line, place.column) for place in (validated, tested, applied)} == {(line, column)}


@pytest.mark.parametrize("example", sorted(path.parent.name for path in EXAMPLES.glob("*/provisioner.yaml")))
def test_every_part_of_an_example_is_written_where_its_path_leads(example):
    document = Project.load(EXAMPLES / example).document
    for part_type in PART_TYPES:
        for part, path, _ in iterate_parts(document, document.manifest, part_type):
            if path:
                assert part.path == path
                assert document.explicit(path) or path[0] == "dcrs", path


def test_a_flow_is_the_same_wherever_it_is_written():
    assert Flow("Orders_CL", path=("streams", "a")) == Flow("Orders_CL", path=("streams", "b", "flows", 1))


def test_a_transform_test_is_found_at_its_path(tmp_path):
    text = (HEAD + FORMS["in the stream itself"] + TESTS).replace("TABLE", "Orders_CL")
    (tmp_path / "provisioner.yaml").write_text(text)
    project = Project.load(tmp_path)
    (test,) = project.manifest.streams["Custom-Orders"].tests
    assert test.path == ("streams", "Custom-Orders", "tests", 0)
    assert project.test()[0].place == project.document.place(test.path)


def test_a_flow_behind_one_without_a_table_keeps_its_number(tmp_path):
    """The broken one is left out of the stream; the others are still where the author wrote them."""
    flows = "    flows:\n      - {transform: source}\n      - {table: Orders_CL, transform: source}\n"
    (tmp_path / "provisioner.yaml").write_text(HEAD + flows)
    (flow,) = Project.load(tmp_path).document.manifest.streams["Custom-Orders"].flows
    assert flow.path == ("streams", "Custom-Orders", "flows", 1)
