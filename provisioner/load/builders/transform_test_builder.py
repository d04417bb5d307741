"""Transform tests as written → tests with the rows expected by table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.load.schema.shape_reader import Structure
from provisioner.load.yaml.node_diagnostics import choices, guess
from provisioner.model import TransformTest

Path = tuple[str | int, ...]


def tests(stream: Path, values: dict[str, Any], tables: list[str], structure: Structure) -> Iterator[TransformTest]:
    """The tests of a stream that feeds these tables; what they expect of other tables is a mistake."""
    for index, each in enumerate(values.get("tests", ())):
        path = (*stream, "tests", index)
        yield TransformTest(
            each.get("name", f"test {index + 1}"),
            tuple(each.get("given", ())),
            {table: tuple(rows) for table, rows in _expected(path, each, tables, structure).items()},
            each.get("now"),
            each.get("expect_error"),
        )


def _expected(path: Path, values: dict[str, Any], tables: list[str], structure: Structure) -> dict[str, Any]:
    here = (*path, "expect")
    expect = values.get("expect")
    if expect is None:
        if "expect_error" not in values and here not in structure.broken:
            structure.broken.add(here)
            hint = "write `expect: [{Column: value}]`, or [] where every row is filtered out"
            structure.say("MAN003", "'expect' is missing in a test", here, hint)
        return {}
    if isinstance(expect, dict):
        _known(here, expect, tables, structure)
        return expect
    if len(tables) > 1:
        structure.broken.add(here)
        hint = f"write the rows by table: {{{tables[0]}: […], {tables[1]}: […]}}"
        structure.say(
            "MAN017", "the stream feeds several tables, and 'expect' does not say which is meant", here, hint, key=True
        )
        return {}
    return {tables[0]: expect} if tables else {}


def _known(here: Path, expect: dict[str, Any], tables: list[str], structure: Structure) -> None:
    if not tables:
        return  # said of the stream
    for table in expect:
        if table not in tables:
            structure.broken.add((*here, table))
            hint = guess(table, tables) or f"it feeds {choices(tables)}"
            structure.say("MAN017", f"the stream does not feed {table!r}", (*here, table), hint, key=True)
