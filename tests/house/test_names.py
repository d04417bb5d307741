"""Names say what they hold: certain words do not come back as names, and no two modules have the same name."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from tests.support.paths import ROOT

# What a value is, not that it was found, made or told; and the metaphors of the first build.
BANNED = frozenset(
    """
    each found made told known wanted foretold foretell unforeseeable anew twin twins archer aim shot leg lane scene
    door ground whoever nobody somebody trouble hole dress bury lay mend lenient bearable spoken withheld thing stuff
    """.split()  # noqa: SIM905 - a list of one word a line would be longer than the test
)
# One table of codes and one report a room, and Python's own names.
REPEATED = {"__init__", "__main__", "codes", "report"}
FOLDERS = ("provisioner", "tests", "tools")


def python_files(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def names(tree):
    """Every name that a file gives: of variables, parameters, functions, classes and aliases, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node.lineno
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node.lineno
        elif isinstance(node, (ast.MatchAs, ast.MatchStar, ast.ExceptHandler)) and node.name:
            yield node.name, node.lineno


def banned_names(text):
    """The banned names that a file gives, as (name, line)."""
    return [(name, line) for name, line in names(ast.parse(text)) if name.strip("_").lower() in BANNED]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_name_is_one_of_the_banned_words(folder):
    files = python_files(folder)
    assert files
    assert [
        f"{file.relative_to(ROOT)}:{line} {name}" for file in files for name, line in banned_names(file.read_text())
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        "each = 1",
        "for each in (): ...",
        "def f(found): ...",
        "def made(): ...",
        "class Ground: ...",
        "self.known = 1",
        "import os as told",
        "[each for each in ()]",
        "match 1:\n    case [*found]: ...",
        "try: ...\nexcept OSError as trouble: ...",
        "_known = 1",
    ],
)
def test_a_banned_word_is_noticed_wherever_a_name_is_given(text):
    assert len(banned_names(text)) == 1


def test_two_modules_have_different_names():
    """A module's name says what it holds in the whole package: an import, a traceback and a search show it alone."""
    counts = Counter(file.stem for file in python_files("provisioner") if file.stem not in REPEATED)
    assert {name for name, count in counts.items() if count > 1} == set()


# Words that a docstring's reader would have to decode; the names above are their cause.
RIDDLES = re.compile(
    r"\b(nobody|somebody|whoever|anew|foretold|foretell|in silence|for ever|makes of it)\b", re.IGNORECASE
)


def docstrings(tree):
    """The docstrings of a file: of the module, its classes and functions."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ast.get_docstring(node) or ""


def test_docstrings_need_no_decoding():
    assert [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in python_files("provisioner")
        for text in docstrings(ast.parse(file.read_text(encoding="utf-8")))
        for match in RIDDLES.finditer(text)
    ] == []


def test_reasons_are_written_down():
    """At least two comments on a hundred lines: why a limit, an order, a retry, a detour that Azure forces."""
    lines = [line for file in python_files("provisioner") for line in file.read_text(encoding="utf-8").splitlines()]
    assert sum(line.lstrip().startswith("#") for line in lines) >= 0.02 * len(lines)
