"""A comment within its limit: head, decision and fingerprint always stand, parts are left out whole and counted."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from provisioner.plan.markdown_report import plan_document
from provisioner.plan.report import VIEWS
from provisioner.reports.format_registry import FORMATS
from provisioner.reports.markdown_blocks import code_block, code_span
from provisioner.reports.markdown_document import MarkdownDocument, comment_limit
from provisioner.reports.markdown_table import markdown_cell
from provisioner.reports.report_format import ReportOptions
from tests.reports.test_html_pages import manifest, planned

lines = st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["C"]), max_size=30), max_size=5)


rows_of_names = st.lists(st.tuples(st.text("ab", max_size=20)), max_size=8)
FOOT = ["Fingerprint `f`"]


@given(lines, rows_of_names, st.lists(lines, max_size=6), st.integers(300, 900))
def test_a_part_stands_whole_or_not_at_all(head, rows, sections, limit):
    document = MarkdownDocument(head, ("name",), rows, sections, FOOT)
    text = document.text_within(limit)
    # Head, foot and the note stand in any case; the note is a line.
    least = len(MarkdownDocument(head, ("name",), (), (), FOOT).text()) + 150
    assert len(text) <= max(limit, least)
    assert text.endswith("Fingerprint `f`\n")
    if len(document.text()) <= limit:
        assert text == document.text()
    else:
        assert "Left out for its length" in text


def test_a_large_plan_fits_a_comment_and_says_what_it_leaves_out():
    plan = planned(manifest("note", 100, 20), manifest("toupper(note)", 100, 20))
    whole, comment = FORMATS["plan"]["markdown"](plan), FORMATS["plan"]["comment"](plan)
    assert len(whole) > comment_limit() >= len(comment)
    missing = int(re.search(r"Left out for its length: (\d+) sections", comment)[1])
    shown = comment.count("#### dcr")
    assert shown > 0
    assert missing + shown == len(plan_document(plan).sections)
    assert f"Fingerprint `{plan.fingerprint}`" in comment
    assert "`apply` will carry this out." in comment


def test_a_long_value_is_whole_in_markdown_and_whole_in_text_on_request():
    long = "x" * 5000
    plan = planned(manifest("note", value=long), manifest("toupper(note)", value=long))
    assert f"{long.upper()} 0" in VIEWS["markdown"](plan, ReportOptions())
    assert f"{long.upper()} 0" in VIEWS["text"](plan, ReportOptions(verbose=True))
    short = VIEWS["text"](plan, ReportOptions())
    assert long.upper() not in short
    assert "…" in short


@given(st.text("`|\\ab @<\n", min_size=1, max_size=30))
def test_text_never_leaves_its_code_span(text):
    span = code_span(text)
    fence = re.match("`+", span)[0]
    assert span.endswith(fence)
    assert "\n" not in span
    inside = span.removeprefix(fence).removesuffix(fence)
    assert fence not in re.findall("`+", inside)
    assert not re.search(r"(?<!\\)\|", inside)


@given(lines)
def test_no_line_closes_its_code_block(some_lines):
    block = code_block([*some_lines, "```", "````"], "diff")
    assert block[0] == f"{block[-1]}diff"
    assert all(not line.strip().startswith(block[-1]) for line in block[1:-1])


@given(
    st.text("@#1!<>&|*_~`[]()ab:/w.\\ \n", max_size=40)
    | st.just("@team <b>x</b> [a](http://e) | `c` *y* #12 www.e.org")
)
def test_text_of_a_cell_is_no_markup(text):
    cell = markdown_cell(text)
    assert "\n" not in cell
    foreign = re.sub(r"</?span>", "", cell)
    assert not re.search(r"[<>]", foreign)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*\[|]", foreign)
    assert not re.search(r"(?<!<span>)@|(?<!<span>):(?=//)", cell)
    unescaped = html.unescape(re.sub(r"\\(.)", r"\1", foreign))
    assert unescaped == " ".join(text.split("\n"))
