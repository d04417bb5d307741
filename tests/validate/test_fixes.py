"""Fixes as text edits: nothing but the words that are wrong changes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner import validate
from provisioner.diagnostics import Diagnostic, Edit, Fix, Span
from provisioner.validate import source_files
from provisioner.validate.fixes import apply_edits, apply_fixes, diff
from tests.support.manifests import write

MESSY = """\
# the shop's logs
tables:
    Orders :   # as placed
        columns: { TimeGenerated: DateTime ,  OrderId: string}   # keep
        plan:    Basic
streams:
    "Orders":   {table: 'Orders', columns: {placed: datetime, OrderId: uuid},
                 transform: "source | project TimeGenerated=placed, OrderId"}
workspace: {name: law-webshop, location: West Europe}   # ours
"""


def fix_all(path: Path) -> int:
    def again():
        return validate.check_all(path, {})

    _, made = source_files.mend(again(), again)
    return made


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_layout_and_comments_stay(tmp_path):
    path = write(tmp_path, MESSY)
    before = path.read_text(encoding="utf-8")
    assert fix_all(path) > 0
    after = path.read_text(encoding="utf-8")
    assert [line.partition("#")[1:] for line in after.splitlines()] == [
        line.partition("#")[1:] for line in before.splitlines()
    ]
    assert "    Orders_CL :   # as placed\n" in after
    assert "{table: 'Orders_CL'," in after
    assert '"Custom-Orders":   {' in after
    assert "location: westeurope}   # ours\n" in after
    assert not [each for each in validate.check_all(path, {}) if each.severity == "error"]


def test_fixing_twice_changes_nothing_more(tmp_path):
    path = write(tmp_path, MESSY)
    fix_all(path)
    once = path.read_bytes()
    assert fix_all(path) == 0
    assert path.read_bytes() == once


@pytest.mark.parametrize(("line_end", "mark"), [("\r\n", ""), ("\r\n", "\ufeff"), ("\n", "\ufeff")])
def test_line_ends_and_a_byte_order_mark_stay(line_end, mark, tmp_path):
    path = write(tmp_path, MESSY)
    plain = path.read_text(encoding="utf-8")
    fix_all(path)
    wanted = path.read_text(encoding="utf-8")
    path.write_bytes((mark + plain.replace("\n", line_end)).encode())
    fix_all(path)
    assert path.read_bytes() == (mark + wanted.replace("\n", line_end)).encode()


def test_a_rename_reaches_included_files_and_leaves_data_alone(tmp_path):
    (tmp_path / "parts").mkdir()
    stream = (
        "streams:\n  Custom-A: {table: Orders, tests: [{name: n, given: [{TimeGenerated: '2026-01-01T00:00:00Z'}], "
        "expect: {Orders: [{TimeGenerated: '2026-01-01T00:00:00Z'}]}}]}\n"
    )
    (tmp_path / "parts" / "streams.yaml").write_text(stream)
    path = write(tmp_path, "include: [parts/*.yaml]\ntables: {Orders: {columns: {TimeGenerated: datetime}}}\n")
    fix_all(path)
    assert (tmp_path / "parts" / "streams.yaml").read_text() == stream.replace("Orders", "Orders_CL")
    assert validate.check_all(path, {}) == ()


def test_a_cast_is_written_into_the_kql_file(tmp_path):
    (tmp_path / "orders.kql").write_text(
        "source\n| project TimeGenerated = time, // when\n    Amount = amount // gross\n"
    )
    piece = (
        "tables: {Orders_CL: {columns: {TimeGenerated: datetime, Amount: real}}}\nstreams:\n  Custom-Orders:\n"
        "    columns: {time: datetime, amount: string}\n    table: Orders_CL\n    transform: {file: orders.kql}\n"
    )
    path = write(tmp_path, piece)
    assert fix_all(path) == 1
    fixed = (tmp_path / "orders.kql").read_text()
    assert fixed == "source\n| project TimeGenerated = time, // when\n    Amount = toreal(amount) // gross\n"
    assert path.read_text(encoding="utf-8").startswith(piece)


def test_an_interpolated_name_is_told_and_not_fixed(tmp_path):
    piece = (
        "variables: {region: {default: westeuropa}}\n"
        "workspace: {name: law-webshop, location: $(region)}\nendpoint: {name: dce-x, location: northeurope}\n"
    )
    path = write(tmp_path, piece)
    before = path.read_bytes()
    told = validate.check_all(path, {})
    assert "REG001" in {each.code for each in told if each.fix is None}
    assert "$(region)" in path.read_text(encoding="utf-8")
    source_files.mend([each for each in told if each.code == "REG001"], lambda: ())
    assert path.read_bytes() == before


def test_the_difference_is_shown_and_nothing_is_written(tmp_path):
    path = write(tmp_path, MESSY)
    before = path.read_bytes()
    shown, made = source_files.mend(validate.check_all(path, {}), None)
    assert path.read_bytes() == before
    assert made
    assert "\n-    Orders :   # as placed\n" in shown
    assert "\n+    Orders_CL :   # as placed\n" in shown


def test_a_link_to_a_manifest_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    real = write(tmp_path / "real", MESSY)
    link = tmp_path / "provisioner.yaml"
    link.symlink_to(real)
    source_files.write(str(link), "version: 1\n")
    assert link.is_symlink()
    assert real.read_text() == "version: 1\n"


EDITS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 4), st.text("xyz", max_size=3)), max_size=6
)  # fmt: skip


@given(st.text("abc\n", min_size=24, max_size=30), st.lists(EDITS, max_size=5))
def test_fixes_are_made_whole_or_not_at_all(text, fixes):
    """Each fix that is counted has all its words in the result, and the words of no other are touched."""
    told = [
        Diagnostic(
            f"X{n}", "error", "m", fix=Fix("d", tuple(Edit(Span(at, at + size), word, "f") for at, size, word in edits))
        )
        for n, edits in enumerate(fixes)
        if _apart([(at, at + size) for at, size, _ in edits])
    ]
    texts, made = apply_fixes(told, lambda _: text)
    assert made <= len([each for each in told if each.edits])
    if not made:
        assert texts == {}
        return
    alone = [apply_edits(text, each.edits) for each in told if each.edits]
    assert texts["f"] in alone if len(alone) == 1 else True
    removed = sum(len(text[e.span.start : e.span.end]) for each in told for e in each.edits)
    assert len(texts["f"]) >= len(text) - removed
    assert diff({"f": text}, lambda _: text) == ""


def _apart(spans) -> bool:
    ordered = sorted(spans)
    return len({start for start, _ in ordered}) == len(ordered) and all(a[1] <= b[0] for a, b in pairwise(ordered))
