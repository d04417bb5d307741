"""The language of transforms: operators, functions and what is no KQL at all (section 4)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.blind.base_manifests import (
    CASES,
    append_operator,
    edit_transform,
    leading_table,
    prepend_filter,
    read_expression,
)
from tests.support.blind.mutant import Operator


def transforms() -> Iterator[Operator]:
    """A transform changed as each line of cases/blind/transforms.txt says."""
    makers = {
        "operator": append_operator,
        "head": prepend_filter,
        "value": read_expression,
        "test": lambda text: prepend_filter(f"| where {text}"),
        "whole": lambda text: lambda m: leading_table(m) and edit_transform(lambda _: text)(m),
    }
    for line in (CASES / "blind" / "transforms.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            what, _, text = line.partition(":")
            verdict, position = what.split()
            text = text.removeprefix(" ")
            expected_text = text.split("(")[0] if position == "value" and verdict != "legal" else ""
            yield Operator(f"{position} {text}", verdict, makers[position](text), expected_text)
