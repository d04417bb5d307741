"""Files with Windows' line ends: the same findings at the same positions, and edits that keep the line ends."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest

from provisioner import load, validate
from provisioner.transform_tests import run_transform_tests
from provisioner.transform_tests.update import expectation_edits, write_edits
from provisioner.validate.source_files import fix_source_files
from tests.golden import recorded, runs
from tests.golden.stories import stories
from tests.support.manifests import complete_manifest
from tests.support.paths import ROOT

STORIES = {story.name: story for story in stories()}
RULES = [rule for rule in validate.all_rules() if rule.page.wrong]
TEXT_FILES = {".yaml", ".json", ".kql", ".csv", ".ndjson"}
PROJECTS = ROOT / "tests" / "cases" / "golden" / "projects"
# Offsets in the file count carriage returns; lines and columns do not.
OFFSET = re.compile(r'"(start|end|charOffset|charLength)": \d+')
FLOW = """tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string, Amount: real}}}
streams:
  Custom-Orders:
    table: Orders_CL
    columns: {id: string, amount: real}
    transform: |
      source
      | project TimeGenerated = datetime(2026-01-01), OrderId = id,
        Amount = amount
    tests:
"""
EXPECTATIONS = [
    "[{OrderId: A2, Amount: 9.25}]",
    '[{OrderId: "A2"}]   # why',
    "[{OrderId: A1}, {OrderId: A2}]",
    "[]",
    "\n        - OrderId: A2\n          Amount: 9.25",
    "\n        - OrderId: A1\n        - OrderId: A2",
]


def windows_lines(content):
    """The content with Windows' line ends; it may have none before."""
    assert b"\r" not in content
    return content.replace(b"\n", b"\r\n")


def rewrite_for_windows(folder):
    """Give every text file of the folder Windows' line ends."""
    for path in folder.rglob("*"):
        if path.suffix in TEXT_FILES and path.is_file():
            path.write_bytes(windows_lines(path.read_bytes()))


@contextmanager
def windows_workplace(folder):
    """The directory in which a story is played, as a checkout on Windows has it."""
    with runs.workplace(folder):
        rewrite_for_windows(folder)
        yield folder


@pytest.mark.parametrize("name", ["validate", "test", "render", "import", "init"])
def test_the_command_line_says_the_same(name, tmp_path, monkeypatch):
    def texts(folder):
        folder.mkdir()
        played = recorded.play(STORIES[name], folder.resolve())
        return {case: OFFSET.sub(r'"\1": <offset>', text.replace("\r", "")) for case, text in played.items()}

    expected = texts(tmp_path / "posix")
    monkeypatch.setattr(recorded, "workplace", windows_workplace)
    assert texts(tmp_path / "windows") == expected


def in_both(folder, text, change):
    """What a file holds after the same change of a file with either line end."""
    contents = []
    for name, content in (("posix", text.encode()), ("windows", windows_lines(text.encode()))):
        path = folder / name / "provisioner.yaml"
        path.parent.mkdir()
        path.write_bytes(content)
        change(path)
        contents.append(path.read_bytes())
    return contents


def fix(path):
    def check():
        return validate.check(load.load_document(path))

    fix_source_files(check(), check)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_fixes_keep_the_line_ends(rule, tmp_path):
    posix, windows = in_both(tmp_path, complete_manifest(rule.page.wrong), fix)
    assert windows == windows_lines(posix)


@pytest.mark.parametrize("name", ["fixable", "mistaken"])
def test_fixes_keep_the_line_ends_of_a_whole_project(name, tmp_path):
    text = (PROJECTS / name / "provisioner.yaml").read_text(encoding="utf-8")
    posix, windows = in_both(tmp_path, text, fix)
    assert windows == windows_lines(posix)
    assert posix != text.encode()


def update(path):
    document = load.load_document(path)
    write_edits(expectation_edits(document, run_transform_tests(document)))
    assert all(result.ok for result in run_transform_tests(load.load_document(path)))


@pytest.mark.parametrize("expectation", EXPECTATIONS)
def test_updated_expectations_keep_the_line_ends(expectation, tmp_path):
    case = f"    - name: x\n      given: [{{id: A1, amount: 9.5}}]\n      expect: {expectation}\n"
    text = complete_manifest(FLOW + case + case.replace("name: x", "name: last"))
    posix, windows = in_both(tmp_path, text, update)
    assert windows == windows_lines(posix)
    assert posix != text.encode()


@pytest.mark.parametrize("mapping", ["{}", "{\n  }", "{team: data}", "{\n  team: data\n  }", "\n  team: data\n"])
def test_an_entry_is_added_in_the_files_line_ends(mapping, tmp_path):
    def insert(path):
        edit = load.load_document(path).insert(("tags",), "stage", "prod")
        assert edit is not None
        write_edits([edit])
        assert load.load_document(path).manifest.tags["stage"] == "prod"

    posix, windows = in_both(tmp_path, complete_manifest(f"tags: {mapping}\n"), insert)
    assert windows == windows_lines(posix)
