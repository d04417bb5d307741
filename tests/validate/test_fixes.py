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
from provisioner.validate.fixes import apply_edits, apply_fixes, unified_diff
from tests.support.manifests import write_manifest

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
    def check_again():
        return validate.check_all_environments(path, {})

    _, applied = source_files.fix_source_files(check_again(), check_again)
    return applied


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_layout_and_comments_stay(tmp_path):
    path = write_manifest(tmp_path, MESSY)
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
    assert not [
        diagnostic for diagnostic in validate.check_all_environments(path, {}) if diagnostic.severity == "error"
    ]


def test_fixing_twice_changes_nothing_more(tmp_path):
    path = write_manifest(tmp_path, MESSY)
    fix_all(path)
    once = path.read_bytes()
    assert fix_all(path) == 0
    assert path.read_bytes() == once


@pytest.mark.parametrize(("line_end", "mark"), [("\r\n", ""), ("\r\n", "\ufeff"), ("\n", "\ufeff")])
def test_line_ends_and_a_byte_order_mark_stay(line_end, mark, tmp_path):
    path = write_manifest(tmp_path, MESSY)
    plain = path.read_text(encoding="utf-8")
    fix_all(path)
    expected = path.read_text(encoding="utf-8")
    path.write_bytes((mark + plain.replace("\n", line_end)).encode())
    fix_all(path)
    assert path.read_bytes() == (mark + expected.replace("\n", line_end)).encode()


def test_a_rename_reaches_included_files_and_leaves_data_alone(tmp_path):
    (tmp_path / "parts").mkdir()
    stream = (
        "streams:\n  Custom-A: {table: Orders, tests: [{name: n, given: [{TimeGenerated: '2026-01-01T00:00:00Z'}], "
        "expect: {Orders: [{TimeGenerated: '2026-01-01T00:00:00Z'}]}}]}\n"
    )
    (tmp_path / "parts" / "streams.yaml").write_text(stream)
    path = write_manifest(tmp_path, "include: [parts/*.yaml]\ntables: {Orders: {columns: {TimeGenerated: datetime}}}\n")
    fix_all(path)
    assert (tmp_path / "parts" / "streams.yaml").read_text() == stream.replace("Orders", "Orders_CL")
    assert validate.check_all_environments(path, {}) == ()


def test_a_cast_is_written_into_the_kql_file(tmp_path):
    (tmp_path / "orders.kql").write_text(
        "source\n| project TimeGenerated = time, // when\n    Amount = amount // gross\n"
    )
    piece = (
        "tables: {Orders_CL: {columns: {TimeGenerated: datetime, Amount: real}}}\nstreams:\n  Custom-Orders:\n"
        "    columns: {time: datetime, amount: string}\n    table: Orders_CL\n    transform: {file: orders.kql}\n"
    )
    path = write_manifest(tmp_path, piece)
    assert fix_all(path) == 1
    fixed = (tmp_path / "orders.kql").read_text()
    assert fixed == "source\n| project TimeGenerated = time, // when\n    Amount = toreal(amount) // gross\n"
    assert path.read_text(encoding="utf-8").startswith(piece)


def test_an_interpolated_name_is_told_and_not_fixed(tmp_path):
    piece = (
        "variables: {region: {default: westeuropa}}\n"
        "workspace: {name: law-webshop, location: $(region)}\nendpoint: {name: dce-x, location: northeurope}\n"
    )
    path = write_manifest(tmp_path, piece)
    before = path.read_bytes()
    diagnostics = validate.check_all_environments(path, {})
    assert "REG001" in {diagnostic.code for diagnostic in diagnostics if diagnostic.fix is None}
    assert "$(region)" in path.read_text(encoding="utf-8")
    source_files.fix_source_files([diagnostic for diagnostic in diagnostics if diagnostic.code == "REG001"], lambda: ())
    assert path.read_bytes() == before


def test_the_difference_is_shown_and_nothing_is_written(tmp_path):
    path = write_manifest(tmp_path, MESSY)
    before = path.read_bytes()
    shown, applied = source_files.fix_source_files(validate.check_all_environments(path, {}), None)
    assert path.read_bytes() == before
    assert applied
    assert "\n-    Orders :   # as placed\n" in shown
    assert "\n+    Orders_CL :   # as placed\n" in shown


def test_a_link_to_a_manifest_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    real = write_manifest(tmp_path / "real", MESSY)
    link = tmp_path / "provisioner.yaml"
    link.symlink_to(real)
    source_files.write_source(str(link), "version: 1\n")
    assert link.is_symlink()
    assert real.read_text() == "version: 1\n"


EDITS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 4), st.text("xyz", max_size=3)), max_size=6
)  # fmt: skip


@given(st.text("abc\n", min_size=24, max_size=30), st.lists(EDITS, max_size=5))
def test_fixes_are_made_whole_or_not_at_all(text, fixes):
    """Each fix that is counted has all its words in the result, and the words of no other are touched."""
    diagnostics = [
        Diagnostic(
            f"X{n}",
            "error",
            "m",
            fix=Fix(
                "d", tuple(Edit(Span(start, start + size), replacement, "f") for start, size, replacement in edits)
            ),
        )
        for n, edits in enumerate(fixes)
        if _apart([(start, start + size) for start, size, _ in edits])
    ]
    texts, applied = apply_fixes(diagnostics, lambda _: text)
    assert applied <= len([diagnostic for diagnostic in diagnostics if diagnostic.edits])
    if not applied:
        assert texts == {}
        return
    single_fixes = [apply_edits(text, diagnostic.edits) for diagnostic in diagnostics if diagnostic.edits]
    assert texts["f"] in single_fixes if len(single_fixes) == 1 else True
    removed = sum(len(text[e.span.start : e.span.end]) for diagnostic in diagnostics for e in diagnostic.edits)
    assert len(texts["f"]) >= len(text) - removed
    assert unified_diff({"f": text}, lambda _: text) == ""


def _apart(spans) -> bool:
    ordered = sorted(spans)
    return len({start for start, _ in ordered}) == len(ordered) and all(a[1] <= b[0] for a, b in pairwise(ordered))
