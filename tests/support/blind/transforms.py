"""The language of transforms: operators, functions and what is no KQL at all (section 4)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.blind.base_manifests import CASES, head, kql, table, tail, where
from tests.support.blind.mutant import Operator


def transforms() -> Iterator[Operator]:
    """A transform changed as each line of cases/blind/transforms.txt says."""
    makers = {
        "operator": tail,
        "head": head,
        "value": where,
        "test": lambda text: head(f"| where {text}"),
        "whole": lambda text: lambda m: table(m) and kql(lambda _: text)(m),
    }
    for line in (CASES / "blind" / "transforms.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            what, _, text = line.partition(":")
            verdict, kind = what.split()
            text = text.removeprefix(" ")
            word = text.split("(")[0] if kind == "value" and verdict != "legal" else ""
            yield Operator(f"{kind} {text}", verdict, makers[kind](text), word)
