"""Each rule against the examples of its own page and the cases beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from provisioner import load, validate
from provisioner.diagnostics import Diagnostic
from provisioner.validate import Rule, apply_fixes
from tests.support.manifests import whole, write
from tests.support.paths import CASES
from tests.validate.test_limits import LIMITS

RULE_CASES = CASES / "rules"
RULES = {rule.code: rule for rule in validate.rules()}


def check(folder: Path, piece: str) -> tuple[Diagnostic, ...]:
    return validate.check(load.document(write(folder, piece)))


def told(diagnostics, code: str) -> list[Diagnostic]:
    """Findings under a code, or under the codes of a family."""
    return [each for each in diagnostics if each.code == code or (code.isalpha() and each.code.startswith(code))]


def word(diagnostic: Diagnostic) -> str:
    place = diagnostic.place
    line = Path(place.file).read_text(encoding="utf-8").split("\n")[place.line - 1]
    return line[place.column - 1 : place.end_column - 1 if place.end_line == place.line else None]


def mended(path: Path, diagnostics) -> str:
    texts, _ = apply_fixes(diagnostics, lambda file: Path(file).read_text(encoding="utf-8"))
    for file, text in texts.items():
        Path(file).write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("rule", [r for r in RULES.values() if r.page.wrong], ids=lambda rule: rule.code)
def test_the_wrong_example_of_a_page_is_found_and_the_right_one_is_not(rule: Rule, tmp_path):
    found = told(check(tmp_path, rule.page.wrong), rule.code)
    assert [each.severity for each in found][:1] == [rule.severity]
    assert all(each.place is not None for each in found)
    right = check(tmp_path, rule.page.right)
    assert not told(right, rule.code)
    assert not [each for each in right if each.severity == "error"]


def test_every_fix_that_an_example_offers_removes_its_finding(tmp_path):
    """Over all pages at once; a fix that changes nothing, or breaks the file, would leave the finding."""
    mended_rules = set()
    for rule in RULES.values():
        path = write(tmp_path, rule.page.wrong or "")
        before = told(validate.check(load.document(path)), rule.code)
        if any(each.fix for each in before):
            mended(path, [each for each in before if each.fix])
            after = told(validate.check(load.document(path)), rule.code)
            assert len(after) == len([each for each in before if not each.fix]), rule.code
            mended_rules.add(rule.code)
    assert {"NAM003", "NAM009", "REG001", "REG002", "REG004", "TAB001", "STR001", "STR002", "FIT"} <= mended_rules


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
    path = write(tmp_path, case["manifest"])
    found = told(validate.check(load.document(path, case.get("environment"))), code)
    assert [f"{each.severity} {word(each)}" for each in found] == case["finds"]
    for each, hint in zip(found, case.get("hints", ()), strict=False):
        assert hint in f"{each.message} {each.hint}"
    if "fixed" in case:
        assert mended(path, found) == whole(case["fixed"])
