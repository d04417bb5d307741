"""The documented examples and the published transforms, where they lie beside the project."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from provisioner import kql
from provisioner.kql.operators import OPERATOR_PARSERS
from provisioner.kql.syntax.query_parser import parse_query
from tests.support.paths import SHARED

NOT_OFFERED = {"hash-many-function-01": "how hash_many combines its hashes is documented nowhere"}

MEASURED_ON_QUERIES = ("oracle-r19-36",)
"""A transformation's kind=regex must match the whole text, as these do not: azure-monitor-docs PR 305."""
SEEN_REFUSED = {"rt-089": "coalesce", "rt-118": "coalesce"}
"""Published, and yet with a word that a real tenant was seen to refuse."""


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


def alike(actual: Any, expected: Any, kind: str) -> bool:
    """Equal; reals to the last digits that documentation prints, and a null string is an empty one."""
    if actual is None or expected is None:
        return actual is expected or (kind == "string" and (actual or "") == (expected or ""))
    numeric = isinstance(actual, (int, float)) and isinstance(expected, (int, float))
    if numeric and kind in ("real", "dynamic") and not isinstance(actual, bool):
        return math.isclose(actual, expected, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(alike, actual, expected, [kind] * len(actual)))
    return bool(actual == expected)


def difference(actual: list[list[Any]], expected: list[list[Any]], kinds: list[str]) -> list[list[Any]]:
    """The actual rows that match none of the expected ones, and the expected ones that no row matches."""
    unmatched, unexpected = list(expected), []
    for row in actual:
        match = next((candidate for candidate in unmatched if all(map(alike, row, candidate, kinds))), None)
        unexpected.append(row) if match is None else unmatched.remove(match)
    return unexpected + unmatched


@pytest.mark.parametrize("case", CASES)
def test_a_documented_example_gives_the_documented_rows(case):
    if case["id"] in NOT_OFFERED:
        pytest.skip(NOT_OFFERED[case["id"]])
    columns = columns_of(case["input"]["columns"])
    is_query = case["tier"] != "supported" or case["id"] in MEASURED_ON_QUERIES
    dialect = "query" if is_query else "transform"
    query, diagnostics = kql.bind(case["transform"], columns, dialect=dialect)
    assert query is not None, [(d.code, d.message) for d in diagnostics]
    assert list(query.columns.items()) == list(columns_of(case["expected"]["columns"]).items())
    rows = [dict(zip(columns, row, strict=True)) for row in case["input"]["rows"]]
    actual = [list(row.values()) for row in kql.evaluate(query, rows, form="json")]
    assert difference(actual, case["expected"]["rows"], list(query.columns.values())) == []


@pytest.mark.parametrize("case", TRANSFORMS)
def test_a_published_transform_binds_and_runs(case):
    """With its stream's columns it binds without errors and takes any record; without them it is at least read."""
    text = case["transformKql"]
    if case["streamColumns"] is None:
        assert parse_query(text, OPERATOR_PARSERS)[1] == []
        return
    query, diagnostics = kql.bind(text, columns_of(case["streamColumns"]))
    if case["id"] in SEEN_REFUSED:
        errors = [d for d in diagnostics if d.severity == "error"]
        assert {(d.code, text[d.span.start : d.span.end]) for d in errors} == {("KQL202", SEEN_REFUSED[case["id"]])}
        return
    assert query is not None, [(d.code, d.message) for d in diagnostics if d.severity == "error"]
    assert len(list(kql.evaluate(query, [{}, dict.fromkeys(query.reads, "x")], now="2026-01-01"))) <= 2
    assert kql.same(text, kql.format(text))


@pytest.mark.parametrize("case", REJECTED)
def test_what_azure_refuses_is_refused(case):
    query, diagnostics = kql.bind(case["transformKql"], columns_of(case["streamColumns"]))
    assert query is None
    assert any(d.severity == "error" and d.message for d in diagnostics)
