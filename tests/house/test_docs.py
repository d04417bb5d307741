"""The pages of the documentation: what they name exists, what they show runs, and PowerShell stands beside bash."""

from __future__ import annotations

import json
import re
import shlex

import pytest
import yaml

import provisioner
from provisioner.cli.main import run
from provisioner.emulator.faults import FAULT_FIELDS
from provisioner.emulator.lifecycle import stop
from tests.house.test_rooms import PACKAGE, ROOMS
from tests.support.paths import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
WRITTEN = [page for page in PAGES if page.parent != DOCS / "checks"]
FOLDERS = ("provisioner/", "schemas/", "templates/", "tests/", "docs/", "tools/", "examples/", "azure-pipelines/")


def names(pages):
    return [str(page.relative_to(DOCS)) for page in pages]


@pytest.mark.parametrize("page", WRITTEN, ids=names(WRITTEN))
def test_every_file_that_a_page_names_exists(page):
    paths = re.findall(r"`([\w.-]+/[\w./-]*)`", page.read_text(encoding="utf-8"))
    assert [
        path for path in paths if path.startswith(FOLDERS) and "TYPE" not in path and not (ROOT / path).exists()
    ] == []


@pytest.mark.parametrize("page", WRITTEN, ids=names(WRITTEN))
def test_what_is_written_for_bash_is_written_for_powershell_too(page):
    text = page.read_text(encoding="utf-8")
    assert len(re.findall(r"^ *```bash$", text, re.MULTILINE)) == len(re.findall(r'^=== "bash"$', text, re.MULTILINE))
    for tabs in re.findall(r'^=== "bash"\n(?:\n| {4}.*\n|=== .*\n)+', text, re.MULTILINE):
        assert '=== "PowerShell"' in tabs, tabs


def test_every_line_that_installs_names_the_distribution_or_the_checkout():
    texts = [page.read_text(encoding="utf-8") for page in (*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md")]
    lines = [line for text in texts for line in re.findall(r"pip install (.*)", text)]
    assert len(lines) >= 5
    assert [line for line in lines if not re.match(r"'?azure-logs-provisioner|\.|-e ['\"]\.", line)] == []


def test_the_page_on_architecture_lists_the_rooms_in_their_order():
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    _, _, table = text.partition("| room | storeys | does |")
    rows = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", table, re.MULTILINE))
    assert list(rows) == ROOMS
    for room, storeys in rows.items():
        folders = {path.parent.name for path in (PACKAGE / room).glob("*/__init__.py")}
        assert set(re.findall(r"`(\w+)`", storeys)) == folders, room


def test_every_fault_is_on_the_page_of_the_emulator_with_its_fields():
    text = (DOCS / "emulator.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for fault, fields in FAULT_FIELDS.items():
        row = next((row for row in rows if f"`{fault}`" in row.split("|")[1]), None)
        assert row is not None, fault
        assert [field for field in fields if f"`{field}`" not in row and field != "message"] == [], fault


def test_the_commands_of_the_start_page_lead_to_an_arrived_row(tmp_path, monkeypatch, capsys):
    text = (DOCS / "index.md").read_text(encoding="utf-8")
    records = re.search(r"```json\n(.*?)```", text, re.DOTALL)[1]
    commands = re.search(r"```text\n(provisioner init.*?)```", text, re.DOTALL)[1].splitlines()
    assert json.loads(records)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.json").write_text(records)
    try:
        for command in commands:
            assert run(shlex.split(command)[1:]) == 0, command
    finally:
        stop(tmp_path / "shop" / ".provisioner")
    assert "1 flow arrived" in capsys.readouterr().out


def test_what_the_readme_and_the_pages_show_as_yaml_is_yaml():
    for page in [ROOT / "README.md", *WRITTEN]:
        for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            if "--8<--" not in block:
                yaml.compose(block)


def test_the_version_in_the_changelog_is_not_ahead_of_the_package():
    versions = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[:1] in ([], [provisioner.__version__])


def test_the_example_of_the_library_page_on_kql_gives_a_row():
    text = (DOCS / "library.md").read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "kql.bind" in block)
    values = {}
    exec(example, values)
    assert values["diagnostics"] == []
    assert [row["Amount"] for row in values["rows"]] == [9.5]
