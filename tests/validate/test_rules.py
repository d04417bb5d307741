"""Each rule against the examples of its own page and the cases beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from provisioner import load, validate
from provisioner.diagnostics import Diagnostic
from provisioner.validate import Rule, apply_fixes
from tests.support.manifests import complete_manifest, write_manifest
from tests.support.paths import CASES
from tests.validate.test_limits import LIMITS

RULE_CASES = CASES / "rules"
RULES = {rule.code: rule for rule in validate.all_rules()}


def check(folder: Path, piece: str) -> tuple[Diagnostic, ...]:
    return validate.check(load.load_document(write_manifest(folder, piece)))


def with_code(diagnostics, code: str) -> list[Diagnostic]:
    """Findings under a code, or under the codes of a family."""
    return [
        diagnostic
        for diagnostic in diagnostics
        if diagnostic.code == code or (code.isalpha() and diagnostic.code.startswith(code))
    ]


def marked_text(diagnostic: Diagnostic) -> str:
    position = diagnostic.place
    line = Path(position.file).read_text(encoding="utf-8").split("\n")[position.line - 1]
    return line[position.column - 1 : position.end_column - 1 if position.end_line == position.line else None]


def fixed_text(path: Path, diagnostics) -> str:
    texts, _ = apply_fixes(diagnostics, lambda file: Path(file).read_text(encoding="utf-8"))
    for file, text in texts.items():
        Path(file).write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("rule", [r for r in RULES.values() if r.page.wrong], ids=lambda rule: rule.code)
def test_the_wrong_example_of_a_page_is_found_and_the_right_one_is_not(rule: Rule, tmp_path):
    diagnostics = with_code(check(tmp_path, rule.page.wrong), rule.code)
    assert [diagnostic.severity for diagnostic in diagnostics][:1] == [rule.severity]
    assert all(diagnostic.place is not None for diagnostic in diagnostics)
    right = check(tmp_path, rule.page.right)
    assert not with_code(right, rule.code)
    assert not [diagnostic for diagnostic in right if diagnostic.severity == "error"]


def test_every_fix_that_an_example_offers_removes_its_finding(tmp_path):
    """Over all pages at once; a fix that changes nothing, or breaks the file, would leave the finding."""
    fixed_rules = set()
    for rule in RULES.values():
        path = write_manifest(tmp_path, rule.page.wrong or "")
        before = with_code(validate.check(load.load_document(path)), rule.code)
        if any(diagnostic.fix for diagnostic in before):
            fixed_text(path, [diagnostic for diagnostic in before if diagnostic.fix])
            after = with_code(validate.check(load.load_document(path)), rule.code)
            assert len(after) == len([diagnostic for diagnostic in before if not diagnostic.fix]), rule.code
            fixed_rules.add(rule.code)
    assert {"NAM003", "NAM009", "REG002", "TAB001", "STR001", "STR002", "FIT"} <= fixed_rules


@pytest.mark.parametrize("rule", list(RULES.values()), ids=lambda rule: rule.code)
def test_a_rule_has_a_page_and_the_name_of_its_file(rule: Rule):
    page = rule.page
    assert page.summary.endswith(".")
    assert page.why
    assert rule.check.__module__.rpartition(".")[2] == rule.name
    assert bool(page.wrong) == bool(page.right)
    assert page.wrong or rule.code in LIMITS or (RULE_CASES / f"{rule.code}.yaml").exists(), "no example and no case"


def cases():
    for path in sorted(RULE_CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(path.stem, case, id=f"{path.stem} {case['name']}")


@pytest.mark.parametrize(("code", "case"), list(cases()))
def test_a_case_finds_what_it_says(code: str, case: dict, tmp_path):
    """`finds` lists severity and word of each finding under the file's code; `fixed` is the text after all fixes."""
    path = write_manifest(tmp_path, case["manifest"])
    diagnostics = with_code(validate.check(load.load_document(path, case.get("environment"))), code)
    assert [f"{diagnostic.severity} {marked_text(diagnostic)}" for diagnostic in diagnostics] == case["finds"]
    for diagnostic, hint in zip(diagnostics, case.get("hints", ()), strict=False):
        assert hint in f"{diagnostic.message} {diagnostic.hint}"
    if "fixed" in case:
        assert fixed_text(path, diagnostics) == complete_manifest(case["fixed"])
