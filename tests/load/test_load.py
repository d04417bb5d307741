"""Cases of tests/cases/manifests: every diagnostic has its code, its message and its exact position."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provisioner import load
from tests.support.paths import CASES

MANIFEST_CASES = CASES / "manifests"
HEAD = """\
version: 1
name: shop
workspace: {name: law-shop}
target: {subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg, location: westeurope}
"""


@dataclass
class Case:
    title: str
    files: dict[str, str]
    environment: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    finds: list[tuple[str, str]] = field(default_factory=list)


def read_cases(path: Path) -> list[Case]:
    return [read_case(*part.split("\n", 1)) for part in path.read_text().split("\n=== ")[1:]]


def read_case(title: str, body: str) -> Case:
    sections = re.split(r"^--- ", body, flags=re.MULTILINE)
    main = sections[0]
    if "version:" not in main and "version»:" not in main:
        head = HEAD.replace("workspace: {name: law-shop}\n", "") if "\nworkspace:" in f"\n{main}" else HEAD
        main = head + main
    case = Case(title, {"provisioner.yaml": main})
    for section in sections[1:]:
        first, _, text = section.partition("\n")
        keyword, _, rest = first.partition(" ")
        if keyword == "file":
            case.files[rest] = text
        elif keyword == "with":
            case.environment = (re.findall(r"-e (\S+)", rest) or [None])[0]
            case.variables = dict(re.findall(r"(\w+)=(\S+)", rest))
        else:
            case.finds.append((keyword, rest))
    return case


def marked(name: str, text: str) -> tuple[str, list[tuple[str, int, int, int, int]]]:
    """The text without its marks, and what they mark: file, line, column, end line, end column."""
    places, plain = [], ""
    for part in re.split("([«»])", text):
        position = (plain.count("\n") + 1, len(plain) - plain.rfind("\n"))
        if part == "«":
            places.append((name, *position))
        elif part == "»":
            places[-1] = (*places[-1], *position)
        else:
            plain += part
    return plain, places


ALL = [(path.stem, case) for path in sorted(MANIFEST_CASES.glob("*.txt")) for case in read_cases(path)]


@pytest.mark.parametrize("case", [case for _, case in ALL], ids=[f"{name}: {case.title}" for name, case in ALL])
def test_a_manifest_gets_the_remarks_of_its_case(case: Case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    expected = []
    for name, text in case.files.items():
        plain, places = marked(name, text)
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(plain)
        expected += places
    document = load.load_document("provisioner.yaml", case.environment, case.variables)
    diagnostics = document.diagnostics
    listing = [f"{error.place} {error.code} {error.message} | {error.hint}" for error in diagnostics]
    assert [error.code for error in diagnostics] == [code for code, _ in case.finds], listing
    for error, (_, text) in zip(diagnostics, case.finds, strict=True):
        assert text in f"{error.message} | {error.hint}"
        assert error.code in load.CODES
    positions = [(p.file, p.line, p.column, p.end_line, p.end_column) for p in (error.place for error in diagnostics)]
    assert sorted(set(positions)) == sorted(expected), listing
