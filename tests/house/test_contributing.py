"""CONTRIBUTING.md leads to what is there: its paths, targets, modules and names exist; no addition lacks its page."""

from __future__ import annotations

import importlib.util
import re

import pytest

from tests.support.paths import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`\n]+)`", PAGE)
FOLDERS = ("provisioner/", "schemas/", "templates/", "tests/", "docs/", "tools/", ".ci/")
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
ADDITIONS = (
    *(
        "A check",
        "A fact",
        "A KQL function",
        "A KQL operator",
        "A probe that asks Azure",
        "An emulated behaviour",
        "A fault",
        "A diagnosis",
    ),
    *("An output format", "A command", "A key of the manifest", "A resource type"),
)


def paths():
    named_files = {code for code in CODE if code.startswith(FOLDERS) and " " not in code}
    return sorted(named_files | {code for code in CODE if re.fullmatch(r"[\w.]+\.(md|yaml|toml)", code)})


@pytest.mark.parametrize("path", paths())
def test_every_path_that_the_page_names_exists(path):
    assert (ROOT / path).exists()


def test_every_target_of_make_that_the_page_names_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    used = set(re.findall(r"\bmake ([a-z]+)", "\n".join([*CODE, *re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)])))
    assert used
    assert used <= targets


def test_every_room_of_tests_and_every_module_that_the_page_names_exists():
    rooms = re.findall(r"ROOM=(\w+)", PAGE)
    modules = re.findall(r"python -m ([\w.]+)", PAGE)
    assert [room for room in rooms if not list((ROOT / "tests" / room).glob("test_*.py"))] == []
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []


@pytest.mark.parametrize("title", ADDITIONS)
def test_an_addition_has_its_files_an_example_and_a_proof(title):
    section = SECTIONS[title]
    assert section.count("\n| ") >= 3, "no table of files"
    assert re.search(r"^Copy .*`", section, re.MULTILINE), "no example to copy"
    assert re.search(r"^Proof: .*`make test ROOM=", section, re.MULTILINE), "no command that proves it"


def test_every_name_that_the_page_puts_in_a_file_is_there():
    """Where it says "NAME in FILE", the file has that name."""
    named = re.findall(r"`([\w.]+)` in `([\w/]+\.\w+)`", PAGE)
    assert len(named) >= 5
    assert [
        f"{file} has no {name}"
        for name, file in named
        if not (ROOT / file).is_file() or name.rpartition(".")[2] not in (ROOT / file).read_text(encoding="utf-8")
    ] == []
