"""The documentation site: what is built into it beside the pages, and what must not be."""

from __future__ import annotations

import pytest

from tools import check_pages, mermaid_diagrams, site_hooks


def test_the_navigation_has_every_page_of_a_check_once():
    config = site_hooks.on_config({"nav": [{"Manifest": "manifest.md"}, {"Checks": "checks/"}]})
    index, *sections = config["nav"][1]["Checks"]
    assert (config["nav"][0], index) == ({"Manifest": "manifest.md"}, "checks/index.md")
    listed = [page for section in sections for pages in section.values() for page in pages]
    assert sorted(listed) == sorted(f"checks/{path.name}" for path in check_pages.FOLDER.glob("[A-Z]*.md"))


@pytest.mark.parametrize(
    ("html", "addresses"),
    [
        ('<script src="https://unpkg.example/x.js"></script>', ["https://unpkg.example/x.js"]),
        ("<link rel=stylesheet href=//fonts.example/css>", ["//fonts.example/css"]),
        ('<img alt="" src="http://pictures.example/a.png">', ["http://pictures.example/a.png"]),
        ('<script src="../assets/x.js"></script><link rel="stylesheet" href="a.css">', []),
        ('<a href="https://learn.example/page">a link is no request</a>', []),
        ('<link rel="canonical" href="https://here.example/">', []),
    ],
)
def test_what_a_page_takes_from_another_host_is_seen(html, addresses):
    assert site_hooks.outside_requests(html) == addresses


def test_a_pipe_in_code_is_shown_without_its_backslash():
    row = r"| `a\|b` | text \| more | `\| union A \| count` |"
    assert site_hooks.on_page_markdown(row) == r"| `a|b` | text \| more | `| union A | count` |"


def test_a_diagram_without_its_picture_stops_the_build():
    with pytest.raises(LookupError, match=r"tools\.mermaid_diagrams"):
        mermaid_diagrams.insert_picture("flowchart TD\n  a --> b", "mermaid", "diagram", {}, None)


def test_the_picture_of_a_diagram_stands_in_its_page():
    for source in mermaid_diagrams.diagram_sources().values():
        shown = mermaid_diagrams.insert_picture(source, "mermaid", "diagram", {}, None)
        assert shown.startswith('<div class="diagram"')
        assert shown.count("<svg") == 1
        assert "<script" not in shown
