"""Entries inserted into YAML texts: everything else stays, to the character."""

from __future__ import annotations

import difflib

import pytest
import yaml

from provisioner.calibration.yaml_insertion import Insertion, insert_entries
from provisioner.package_data import data_directory

CASES = {
    "a block list": (
        "a:  # words\n  evidence:\n    # why\n    - {kind: x}\nb: 1\n",
        ("a",),
        "a:  # words\n  evidence:\n    # why\n    - {n: 1}\n    - {kind: x}\nb: 1\n",
    ),
    "a list in brackets": ("a: {evidence: [{k: x}], h: 1}\n", ("a",), "a: {evidence: [{n: 1}, {k: x}], h: 1}\n"),
    "an empty list": ("a: {evidence: []}  # so\n", ("a",), "a: {evidence: [{n: 1}]}  # so\n"),
    "a mapping in braces": ("a: {hint: x}\n", ("a",), "a: {evidence: [{n: 1}], hint: x}\n"),
    "an empty mapping": ("a: {}\n", ("a",), "a: {evidence: [{n: 1}]}\n"),
    "a block mapping": ("a:\n  # c\n  hint: x\n", ("a",), "a:\n  # c\n  evidence: [{n: 1}]\n  hint: x\n"),
    "a missing key": ("a:\n  # c\n  b: 1\n", ("a", "z"), "a:\n  # c\n  z: {evidence: [{n: 1}]}\n  b: 1\n"),
    "missing keys in braces": ("a: {}\n", ("a", "y", "z: q"), 'a: {y: {"z: q": {evidence: [{n: 1}]}}}\n'),
    "a scalar": ("a:\n  b: x | y, z\n", ("a", "b"), "a:\n  b:\n    row: x | y, z\n    evidence: [{n: 1}]\n"),
    "a quoted scalar": ("a:\n  b: 'x: y'\n", ("a", "b"), "a:\n  b:\n    row: 'x: y'\n    evidence: [{n: 1}]\n"),
    "letters of more bytes": ("ä: …\na: {h: ü}\n", ("a",), "ä: …\na: {evidence: [{n: 1}], h: ü}\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_an_entry_stands_in_its_place_and_the_rest_as_it_was(name):
    before, keys, after = CASES[name]
    assert insert_entries(before, [Insertion(keys, "{n: 1}", "evidence")]) == after
    yaml.safe_load(after)


def test_a_list_itself_takes_an_entry_and_entries_follow_each_other():
    text = insert_entries("a: [1]\nb:\n  - 1\nc: {}\n", [Insertion((key,), "0") for key in "ab"])
    text = insert_entries(text, [Insertion(("c", "new"), "2"), Insertion(("c", "new"), "1")])
    assert yaml.safe_load(text) == {"a": [0, 1], "b": [0, 1], "c": {"new": [1, 2]}}


@pytest.mark.parametrize(
    ("text", "keys", "reason"),
    [
        ("a: |\n  x\n", ("a",), "a: no entry can be added there"),
        ("", ("a",), "holds no entries"),
        ("- 1\n", ("a",), "no mapping to add it to"),
        ("a: [1]\n", ("a", 5, "b"), "no mapping to add it to"),
    ],
)
def test_a_place_that_cannot_hold_an_entry_is_an_error(text, keys, reason):
    with pytest.raises(ValueError, match=reason):
        insert_entries(text, [Insertion(keys, "{n: 1}", "evidence")])


def test_a_file_of_facts_gains_lines_and_loses_none_but_those_of_the_place():
    text = (data_directory("schemas") / "kql.yaml").read_text(encoding="utf-8")
    after = insert_entries(text, [Insertion(("functions", "coalesce"), "{kind: accepted}", "evidence")])
    changes = [line for line in difflib.ndiff(text.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert changes == ["+       - {kind: accepted}"]
