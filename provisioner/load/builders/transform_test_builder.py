"""Transform tests as written → tests whose expected rows are given by table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.load.schema.manifest_errors import ManifestErrors
from provisioner.load.yaml.node_diagnostics import join_with_or
from provisioner.model import TransformTest
from provisioner.suggest import did_you_mean

Path = tuple[str | int, ...]


def build_transform_tests(
    stream: Path, values: dict[str, Any], tables: list[str], errors: ManifestErrors
) -> Iterator[TransformTest]:
    """The tests of the stream at path `stream`, which feeds `tables`; rows expected of other tables are errors."""
    for index, test in enumerate(values.get("tests", ())):
        path = (*stream, "tests", index)
        yield TransformTest(
            test.get("name", f"test {index + 1}"),
            tuple(test.get("given", ())),
            {table: tuple(rows) for table, rows in _expected_rows(path, test, tables, errors).items()},
            test.get("now"),
            test.get("expect_error"),
            path,
        )


def _expected_rows(path: Path, values: dict[str, Any], tables: list[str], errors: ManifestErrors) -> dict[str, Any]:
    """Table → rows; a list without a table is for the only one."""
    expect_path = (*path, "expect")
    expect = values.get("expect")
    if expect is None:
        if "expect_error" not in values and expect_path not in errors.broken:
            errors.broken.add(expect_path)
            hint = "write `expect: [{Column: value}]`, or [] where every row is filtered out"
            errors.add("MAN003", "'expect' is missing in a test", expect_path, hint)
        return {}
    if isinstance(expect, dict):
        _check_tables_fed(expect_path, expect, tables, errors)
        return expect
    if len(tables) > 1:
        errors.broken.add(expect_path)
        hint = f"write the rows by table: {{{tables[0]}: […], {tables[1]}: […]}}"
        message = "the stream feeds several tables, and 'expect' does not say which is meant"
        errors.add("MAN017", message, expect_path, hint, key=True)
        return {}
    # Without a table the stream has an error already, and the rows belong nowhere.
    return {tables[0]: expect} if tables else {}


def _check_tables_fed(expect_path: Path, expect: dict[str, Any], tables: list[str], errors: ManifestErrors) -> None:
    if not tables:
        # That the stream has no table is an error of the stream, not of each of its tests.
        return
    for table in expect:
        if table not in tables:
            errors.broken.add((*expect_path, table))
            hint = did_you_mean(table, tables) or f"it feeds {join_with_or(tables)}"
            errors.add("MAN017", f"the stream does not feed {table!r}", (*expect_path, table), hint, key=True)
