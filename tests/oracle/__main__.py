"""Compares our columns and types with Microsoft's analyser: `python -m tests.oracle NODE_FOLDER [--write]`.

NODE_FOLDER is where `npm install @kusto/language-service-next` was run. `--write` records the result beside this file;
`python -m tools.kql_page` then puts it at the foot of docs/kql.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from provisioner import kql
from tests.oracle.probes import TABLE, probes

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared"
RESULT = HERE / "result.md"


class Question(NamedTuple):
    """A query over tables, and the dialect in which we bind it."""

    group: str
    text: str
    tables: dict[str, dict[str, str]]
    dialect: str


def questions() -> Iterator[Question]:
    """Every documented case, every published transform, and every function with every type of argument."""
    for line in _lines("kql/cases.jsonl"):
        columns = {column["name"]: column["type"] for column in line["input"]["columns"]}
        dialect = "transform" if line["tier"] == "supported" else "query"
        yield Question("documented examples", line["transform"], {"source": columns}, dialect)
    for line in _lines("corpus/transforms.jsonl"):
        if line["streamColumns"]:
            columns = {column["name"]: column["type"].lower() for column in line["streamColumns"]}
            yield Question("published transformations", line["transformKql"], {"source": columns}, "transform")
    for call in probes():
        yield Question("function calls", f"T | project answer = {call}", {"T": TABLE}, "query")


def ours(question: Question) -> list[list[str]] | None:
    """Our columns, or None where we refuse."""
    query, _ = kql.bind(question.text, tables=question.tables, dialect=question.dialect)
    return None if query is None else [[name, kind] for name, kind in query.columns.items()]


def theirs(asked: list[Question], folder: str) -> list[list[list[str]] | None]:
    """The analyser's columns, or None where it refuses."""
    lines = "\n".join(json.dumps({"query": question.text, "tables": question.tables}) for question in asked)
    paths = {**os.environ, "NODE_PATH": str(Path(folder) / "node_modules")}
    answers = subprocess.run(
        ["node", str(HERE / "analyse.js")], input=lines, capture_output=True, text=True, check=True, env=paths
    ).stdout
    return [_columns(json.loads(line)) for line in answers.splitlines()]


def report(asked: list[Question], answers: list[list[list[str]] | None]) -> tuple[str, list[str]]:
    """The table of agreement, and every disagreement in a line."""
    counts: dict[str, list[int]] = {}
    apart = []
    for question, theirs_ in zip(asked, answers, strict=True):
        ours_ = ours(question)
        kinds = counts.setdefault(question.group, [0, 0, 0, 0])
        kinds[0] += 1
        kinds[1 if ours_ == theirs_ else 2 if theirs_ is None else 3] += 1
        if ours_ != theirs_:
            apart.append(f"{question.group}: {question.text}\n    ours   {ours_}\n    theirs {theirs_}")
    rows = [f"| {group} | {' | '.join(f'{number:,}' for number in numbers)} |" for group, numbers in counts.items()]
    head = "| of | asked | the same | we take, it refuses | other columns, or we refuse |\n"
    head += "| --- | --- | --- | --- | --- |\n"
    return head + "\n".join(rows) + "\n", apart


def _columns(answer: dict[str, Any]) -> list[list[str]] | None:
    if answer["errors"]:
        return None
    spellings = {"double": "real"}
    return [
        [name, "dynamic" if kind.startswith("dynamic") else spellings.get(kind, kind)]
        for name, kind in answer["columns"]
    ]


def _lines(path: str) -> Iterator[Any]:
    file = SHARED / path
    return (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()) if file.exists() else iter(())


def main() -> None:
    """Ask, compare, print; and record where told to."""
    asked = list(questions())
    table, apart = report(asked, theirs(asked, sys.argv[1]))
    print("\n".join(apart))
    print(table)
    if "--write" in sys.argv:
        RESULT.write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()
