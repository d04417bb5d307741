"""Writing YAML: what is written reads back the same, and reads well."""

from __future__ import annotations

from uuid import UUID

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from provisioner.load.yaml.scalars import resolve_scalar
from provisioner.load.yaml.yaml_writer import dump_scalar, dump_yaml

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=30)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=12), inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1, max_size=20), VALUES, max_size=5))
@example(
    {"a": "no", "b": "10:30:00", "c": "2026-01-01", "d": "1e5", "e": "0o17", "f": "030", "g": "...", "h": "=", "i": "~"}
)
@example({"t": "source\n| where a == 'x'\n| project b"})
@example({"t": "source\r\n| take 1\n"})
@example({"t": "\tx\ny"})
@example({"t": "a\n\n  b\n"})
@example({"t": "a\n \nb"})
@example({"x": ["a\nb", {"k": "c\nd\n"}]})
def test_what_is_written_reads_back_the_same(mapping):
    assert yaml.safe_load(dump_yaml(mapping)) == mapping


@given(st.uuids())
@example(UUID("12345678-0000-0000-0000-000000000001"))
@example(UUID("00000000-0000-0000-0000-000000000000"))
def test_a_guid_stands_without_quotes_and_stays_text(guid):
    text = dump_yaml({"principal": str(guid)})
    assert text == f"principal: {guid}\n"
    assert yaml.safe_load(text) == {"principal": str(guid)}
    assert resolve_scalar(str(guid)) == str(guid)


def test_an_item_of_several_lines_begins_beside_its_dash():
    flow = {"table": "A_CL", "transform": "source\n| take 1\n"}
    text = dump_yaml({"flows": [flow, flow]}, {("flows", 1, "table"): "why"})
    first = "  - table: A_CL\n    transform: |\n      source\n      | take 1\n"
    second = "  -\n    # why\n    table: A_CL\n    transform: |\n      source\n      | take 1\n"
    assert text == f"flows:\n{first}{second}"
    assert yaml.safe_load(text) == {"flows": [flow, flow]}


def test_a_manifest_reads_as_people_write_it():
    text = dump_yaml(
        {
            "version": 1,
            "name": "shop",
            "workspace": {"name": "law-shop"},
            "tables": {"Orders_CL": {"columns": {"TimeGenerated": "datetime", "Id": "string"}, "retention": 90}},
            "streams": {"Custom-Orders": {"table": "Orders_CL", "transform": "source\n| extend a = 1"}},
            "grants": {},
        },
        {(): "Imported.", ("tables", "Orders_CL"): "two\nlines", ("dcrs", "gone"): "Left alone: dcr-x"},
    )
    assert text == (
        "# Imported.\n"
        "version: 1\n"
        "name: shop\n"
        "workspace: {name: law-shop}\n"
        "\n"
        "tables:\n"
        "  # two\n"
        "  # lines\n"
        "  Orders_CL:\n"
        "    columns: {TimeGenerated: datetime, Id: string}\n"
        "    retention: 90\n"
        "\n"
        "streams:\n"
        "  Custom-Orders:\n"
        "    table: Orders_CL\n"
        "    transform: |-\n"
        "      source\n"
        "      | extend a = 1\n"
        "\n"
        "grants: {}\n"
        "\n"
        "# Left alone: dcr-x\n"
    )


def test_words_that_some_reader_takes_for_something_else_are_quoted():
    assert [dump_scalar(value) for value in ("on", "1.0", "0x1F", "plain words", "$(sender)", "a: b", "")] == [
        '"on"', '"1.0"', '"0x1F"', "plain words", "$(sender)", '"a: b"', '""',
    ]  # fmt: skip
