"""Facts about Azure are data in `schemas/`, with source and date: none is a literal in the code."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support.paths import ROOT

# A date alone, as in an api-version. A time has more behind it, and the example of a type is no fact.
_DATE = re.compile(r"(?<![\d-])20\d\d-\d\d-\d\d(?:-preview)?(?![\dT-])")
_DAY_IN_KQL = re.compile(r"datetime\(\s*20\d\d-\d\d-\d\d")
FILES = sorted((ROOT / "provisioner").rglob("*.py"))


def docstring_nodes(tree):
    """The constants that are docstrings, or strings under an attribute."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def dated_literals(text):
    """Literals of a file that hold a date, with their lines."""
    tree = ast.parse(text)
    ignored = docstring_nodes(tree)
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in ignored
        if _DATE.search(_DAY_IN_KQL.sub("", node.value))
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT / "provisioner")))
def test_no_api_version_is_a_literal(file):
    assert dated_literals(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('VERSION = "2022-06-01"', [1]),
        ('versions = ["2019-11-01-preview, 2021-04-01"]', [1]),
        ('url = f"{base}?api-version=2023-01-01"', [1]),
        ('"""Since 2022-06-01."""\nVERSION = load_facts("emulator.yaml")', []),
        ('example = "2026-01-01T10:00:00Z"', []),
        ('query = "datetime(2026-01-01)"', []),
    ],
)
def test_a_date_is_noticed_wherever_it_is_a_value(text, lines):
    assert [line for line, _ in dated_literals(text)] == lines
