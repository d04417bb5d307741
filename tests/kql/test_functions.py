"""Every line of the case files: an expression, the type it has and the value it gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner import kql
from provisioner.kql.values import coerce, to_json
from tests.support.paths import CASES

FUNCTION_CASES = CASES / "kql" / "functions"


def read_cases() -> list[Any]:
    """One parameter a line: `expression -> type JSON`; a line that starts with # is a remark."""
    cases = []
    for path in sorted(FUNCTION_CASES.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line and not line.startswith("#"):
                expression, _, expected = line.rpartition(" -> ")
                type_name, _, value = expected.partition(" ")
                cases.append(pytest.param(expression, type_name, json.loads(value), id=f"{path.stem}:{number}"))
    return cases


@pytest.mark.parametrize(("expression", "type_name", "expected"), read_cases())
def test_an_expression_gives_what_its_line_says(expression: str, type_name: str, expected: Any) -> None:
    """The type is the one bound, the value the one computed; reals are equal to the last digit or two."""
    query, diagnostics = kql.bind(f"print x = {expression}", {}, dialect="query")
    query = query or kql.bind(f"print x = {expression}", {}, dialect="transform")[0]
    assert query is not None, diagnostics
    assert query.columns == {"x": type_name}
    [row] = kql.evaluate(query, [{}], exact=True)
    actual = to_json(coerce(row["x"], type_name), type_name) if type_name != "dynamic" else row["x"]
    if isinstance(expected, float):
        assert actual == pytest.approx(expected, rel=1e-15)
    else:
        assert json.dumps(actual, ensure_ascii=False) == json.dumps(expected, ensure_ascii=False)
