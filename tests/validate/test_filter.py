"""Which findings are reported: options, settings, comments, and rules of installed packages."""

from __future__ import annotations

import sys

import pytest

from provisioner import code_catalogue, load, validate
from provisioner.errors import ProvisionerError
from provisioner.validate import rule_registry
from tests.support.manifests import write_manifest
from tools.check_pages import EXAMPLE

PIECE = """\
tables:
  web-orders_CL:
    retention: 3
    columns: {TimeGenerated: datetime, o: string, Type: string}
"""


def codes(folder, piece=PIECE, **choices) -> list[str]:
    return [
        diagnostic.code for diagnostic in validate.check(load.load_document(write_manifest(folder, piece)), **choices)
    ]


def test_findings_are_told_in_the_order_of_the_text(tmp_path):
    assert codes(tmp_path) == ["NAM005", "TAB004", "NAM012", "NAM013"]


@pytest.mark.parametrize(("choices", "remaining"), [
    ({"select": ["NAM"]}, ["NAM005", "NAM012", "NAM013"]),
    ({"select": ["nam005,tab"]}, ["NAM005", "TAB004"]),
    ({"ignore": ["NAM"]}, ["TAB004"]),
    ({"select": ["NAM"], "ignore": ["NAM012", "NAM013"]}, ["NAM005"]),
    ({"select": ["FIT"]}, []),
])  # fmt: skip
def test_codes_and_their_beginnings_are_selected_and_ignored(choices, remaining, tmp_path):
    assert codes(tmp_path, **choices) == remaining


def test_what_stops_loading_is_never_ignored(tmp_path):
    path = tmp_path / "provisioner.yaml"
    path.write_text("version: 1\n\tname: x\n")
    code = validate.check(load.load_document(path))[0].code
    assert [diagnostic.code for diagnostic in validate.check(load.load_document(path), ignore=[code])] == [code]


@pytest.mark.parametrize(("file", "text"), [
    (".provisioner.toml", 'ignore = ["NAM"]\nseverity = {TAB004 = "info"}\n'),
    ("pyproject.toml", '[tool.provisioner]\nignore = ["NAM"]\nseverity = {tab004 = "info"}\n'),
])  # fmt: skip
def test_a_project_has_settings(file, text, tmp_path):
    (tmp_path / file).write_text(text)
    inside = tmp_path / "logs" / "shop"
    inside.mkdir(parents=True)
    diagnostics = validate.check(load.load_document(write_manifest(inside, PIECE)))
    assert [(diagnostic.code, diagnostic.severity) for diagnostic in diagnostics] == [("TAB004", "info")]


def test_the_nearest_settings_count_and_a_repository_is_their_end(tmp_path):
    (tmp_path / ".provisioner.toml").write_text('ignore = ["NAM", "TAB"]\n')
    inside = tmp_path / "repository"
    inside.mkdir()
    assert codes(inside) == []
    (inside / ".git").mkdir()
    assert len(codes(inside)) == 4
    (inside / "pyproject.toml").write_text("[tool.other]\n")
    assert len(codes(inside)) == 4


def test_an_option_adds_to_the_settings_and_its_select_replaces_theirs(tmp_path):
    (tmp_path / ".provisioner.toml").write_text('select = ["NAM"]\nignore = ["NAM005"]\n')
    assert codes(tmp_path) == ["NAM012", "NAM013"]
    assert codes(tmp_path, ignore=["NAM012"]) == ["NAM013"]
    assert codes(tmp_path, select=["TAB"]) == ["TAB004"]
    assert codes(tmp_path, severities={"NAM012": "error"}) == ["NAM012", "NAM013"]


@pytest.mark.parametrize("text", ["ignore = [", 'colour = "red"', 'severity = {NAM001 = "fatal"}', "\xff"])
def test_settings_that_cannot_be_read_are_an_error_with_their_name(text, tmp_path):
    (tmp_path / ".provisioner.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(ProvisionerError, match=r"provisioner\.toml|NAM001"):
        codes(tmp_path)


@pytest.mark.parametrize(("piece", "remaining"), [
    (PIECE.replace("3\n", "3  # provisioner: ignore TAB004 a trial\n"), ["NAM005", "NAM012", "NAM013"]),
    (PIECE.replace("string}", "string} # provisioner: ignore NAM012,NAM013 theirs"), ["NAM005", "TAB004"]),
    (PIECE.replace("    ret", "    # provisioner: ignore TAB004\n\n    # so\n    ret"), ["NAM005", "NAM012", "NAM013"]),
    (PIECE.replace("3\n", "3  # provisioner: ignore TAB005 not this one\n"), ["NAM005", "TAB004", "NAM012", "NAM013"]),
])  # fmt: skip
def test_a_comment_silences_a_code_on_its_line(piece, remaining, tmp_path):
    assert codes(tmp_path, piece) == remaining


def test_a_comment_in_a_transform_silences_a_code_too(tmp_path):
    (tmp_path / "orders.kql").write_text(
        "source\n| project TimeGenerated = time,\n"
        "    Extra = 1, // provisioner: ignore FIT001 kept for later\n    More = 2\n"
    )
    piece = (
        "tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}\nstreams:\n  Custom-Orders:\n"
        "    columns: {time: datetime}\n    table: Orders_CL\n    transform: {file: orders.kql}\n"
    )
    diagnostics = validate.check(load.load_document(write_manifest(tmp_path, piece)))
    assert [(diagnostic.code, diagnostic.place.line) for diagnostic in diagnostics] == [("FIT001", 4)]


@pytest.mark.parametrize(
    ("transform", "remaining"),
    [
        (">\n      source\n      | project TimeGenerated = time,\n        Extra = 1\n", []),
        ('"source\n      | project TimeGenerated = time, Extra = 1"\n', []),
        ("source\n      | project TimeGenerated = time, Extra = 1\n", []),
        # A line of a block is a line of its own, which has its own comment.
        ("|\n      source\n      | project TimeGenerated = time, Extra = 1\n", ["FIT001"]),
    ],
)
def test_a_comment_above_a_text_that_has_no_comments_silences_all_its_lines(transform, remaining, tmp_path):
    piece = (
        "tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}\nstreams:\n  Custom-Orders:\n"
        "    columns: {time: datetime}\n    table: Orders_CL\n    # provisioner: ignore FIT001 later\n"
        f"    transform: {transform}"
    )
    assert codes(tmp_path, piece) == remaining


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package with the worked example of the documentation, as an installer would leave it."""
    site = tmp_path / "site"
    (site / "ourrules").mkdir(parents=True)
    (site / "ourrules" / "__init__.py").write_text("")
    (site / "ourrules" / "team.py").write_text(EXAMPLE)
    info = site / "ourrules-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ourrules\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[provisioner.rules]\nteam = ourrules.team\n")
    monkeypatch.syspath_prepend(str(site))
    rule_registry.all_rules.cache_clear()
    code_catalogue.check_pages.cache_clear()
    yield
    for name in [name for name in sys.modules if name.startswith("ourrules")]:
        del sys.modules[name]
    rule_registry.all_rules.cache_clear()
    code_catalogue.check_pages.cache_clear()


@pytest.mark.usefixtures("installed")
def test_the_worked_example_of_the_documentation_is_found_and_explained(tmp_path):
    diagnostics = validate.check(load.load_document(write_manifest(tmp_path, PIECE)), select=["OUR"])
    assert [(diagnostic.code, diagnostic.severity, diagnostic.place.line) for diagnostic in diagnostics] == [
        ("OUR001", "warning", 2)
    ]
    page = code_catalogue.find_page("our001")
    assert page.summary == "A table is named after a team."
    assert not validate.check(load.load_document(write_manifest(tmp_path, page.right)), select=["OUR"])
    assert validate.check(load.load_document(write_manifest(tmp_path, page.wrong)), select=["OUR"])


def test_two_rules_may_not_claim_one_code(installed, tmp_path):
    (tmp_path / "site" / "ourrules" / "team.py").write_text(EXAMPLE.replace("OUR001", "NAM001"))
    with pytest.raises(ValueError, match="NAM001 is claimed by"):
        validate.all_rules()
