"""One table of codes a room, all of one shape, and one catalogue of all of them."""

from __future__ import annotations

import ast
import re
from importlib import import_module

import pytest

from provisioner import code_catalogue
from provisioner.code_catalogue import all_pages, check_pages, find_page
from provisioner.codes import Code, code_table, parse_page
from provisioner.diagnostics import SEVERITIES
from provisioner.plan.drift_findings import DRIFT_KINDS
from tests.support.paths import ROOT

TABLES = sorted(file for file in (ROOT / "provisioner").rglob("codes.py") if file.parent.name != "provisioner")
MODULES = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in TABLES]
CODE = re.compile(r"(?:[A-Z]{3,4}\d{3})")


def test_the_catalogue_has_the_table_of_every_room():
    listed = {*code_catalogue._CHECK_TABLES.values(), *code_catalogue._OTHER_TABLES.values()}
    assert listed == set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_every_table_has_one_shape_and_a_page_for_each_code(module):
    table = import_module(module).CODES
    for name, code in table.items():
        assert isinstance(code, Code)
        assert code.code == name
        assert code.severity in SEVERITIES
        assert parse_page(code, "title").summary


def test_no_two_pages_have_one_code():
    codes = [page.code.lower() for page in all_pages()]
    assert len(set(codes)) == len(codes)


def test_every_code_that_the_program_names_has_a_page():
    named = {
        node.value
        for file in (ROOT / "provisioner").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }
    # OpenSSL's and Azure's own codes look alike: what counts is whether the letters are ours.
    ours = {page.code.rstrip("0123456789") for page in all_pages()}
    assert {code for code in named if code.rstrip("0123456789") in ours and find_page(code) is None} == set()


@pytest.mark.parametrize("code", ["nam003", "KQL101", "DRF001", "IMP001", "grant-missing", "GRANT-MISSING", "YAML001"])
def test_a_page_is_found_in_any_case(code):
    assert find_page(code).code.lower() == code.lower()


def test_an_unknown_code_has_no_page():
    assert find_page("NAM999") is None


def test_rules_lists_the_checks_alone():
    letters = {page.code.rstrip("0123456789") for page in check_pages()}
    assert not letters & {"DRF", "IMP"}
    assert set(check_pages()) < set(all_pages())


def test_a_code_that_stands_twice_is_refused():
    code = Code("X001", "error", "A page.")
    with pytest.raises(ValueError, match="twice"):
        code_table(code, code)


def test_the_severity_of_a_drift_that_is_never_a_difference_is_info():
    severities = {kind: find_page(code).severity for kind, (code, _) in DRIFT_KINDS.items()}
    assert {kind for kind, severity in severities.items() if severity == "info"} == {"unwritten", "unreachable"}
