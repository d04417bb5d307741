"""The documented examples and the published transforms, where they lie beside the project."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from provisioner import kql
from provisioner.kql.syntax.query_parser import parse
from tests.support.paths import SHARED

NOT_OFFERED = {"hash-many-function-01": "how hash_many combines its hashes is documented nowhere"}


def read(name: str) -> list[Any]:
    path = SHARED / name
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [pytest.param(case, id=case["id"]) for case in map(json.loads, lines)]


CASES = read("kql/cases.jsonl")
TRANSFORMS = read("corpus/transforms.jsonl")
REJECTED = read("corpus/rejected.jsonl")
pytestmark = pytest.mark.skipif(not CASES, reason="the cases do not lie beside the project")


def columns_of(listed: list[dict[str, str]]) -> dict[str, str]:
    return {column["name"]: column["type"] for column in listed}


def alike(found: Any, expected: Any, kind: str) -> bool:
    """Equal; reals to the last digits that documentation prints, and a null string is an empty one."""
    if found is None or expected is None:
        return found is expected or (kind == "string" and (found or "") == (expected or ""))
    numeric = isinstance(found, (int, float)) and isinstance(expected, (int, float))
    if numeric and kind in ("real", "dynamic") and not isinstance(found, bool):
        return math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(alike, found, expected, [kind] * len(found)))
    return bool(found == expected)


def difference(found: list[list[Any]], expected: list[list[Any]], kinds: list[str]) -> list[list[Any]]:
    """The found rows that match none of the expected ones, each of which matches once."""
    left, odd = list(expected), []
    for row in found:
        match = next((each for each in left if all(map(alike, row, each, kinds))), None)
        odd.append(row) if match is None else left.remove(match)
    return odd + left


@pytest.mark.parametrize("case", CASES)
def test_a_documented_example_gives_the_documented_rows(case):
    if case["id"] in NOT_OFFERED:
        pytest.skip(NOT_OFFERED[case["id"]])
    columns = columns_of(case["input"]["columns"])
    dialect = "transform" if case["tier"] == "supported" else "query"
    query, diagnostics = kql.bind(case["transform"], columns, dialect=dialect)
    assert query is not None, [(d.code, d.message) for d in diagnostics]
    assert list(query.columns.items()) == list(columns_of(case["expected"]["columns"]).items())
    rows = [dict(zip(columns, row, strict=True)) for row in case["input"]["rows"]]
    found = [list(row.values()) for row in kql.evaluate(query, rows, form="json")]
    assert difference(found, case["expected"]["rows"], list(query.columns.values())) == []


@pytest.mark.parametrize("case", TRANSFORMS)
def test_a_published_transform_binds_and_runs(case):
    """With its stream's columns it binds without errors and takes any record; without them it is at least read."""
    text = case["transformKql"]
    if case["streamColumns"] is None:
        assert parse(text)[1].diagnostics == []
        return
    query, diagnostics = kql.bind(text, columns_of(case["streamColumns"]))
    assert query is not None, [(d.code, d.message) for d in diagnostics if d.severity == "error"]
    assert len(list(kql.evaluate(query, [{}, dict.fromkeys(query.reads, "x")], now="2026-01-01"))) <= 2
    assert kql.same(text, kql.format(text))


@pytest.mark.parametrize("case", REJECTED)
def test_what_azure_refuses_is_refused(case):
    query, diagnostics = kql.bind(case["transformKql"], columns_of(case["streamColumns"]))
    assert query is None
    assert any(d.severity == "error" and d.message for d in diagnostics)
