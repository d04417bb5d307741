"""Every generated file is current: the one test for all pages, schemas and blocks that tools/ writes."""

from __future__ import annotations

import pytest

from tools import generate, marked_blocks, mermaid_diagrams
from tools.check_pages import FOLDER as CHECKS
from tools.marked_blocks import ROOT

FILES = generate.generated_files()
DIAGRAMS = mermaid_diagrams.diagram_sources()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_generated_file_is_current(path):
    current = path.read_text(encoding="utf-8") if path.exists() else None
    assert current == FILES[path], f"{path.relative_to(ROOT)} is stale: run `make generate`"


def test_every_page_of_a_check_is_that_of_a_check():
    left_over = [path.name for path in CHECKS.iterdir() if path not in FILES]
    assert not left_over, f"{left_over} belong to no check: run `make generate`"


def test_every_diagram_has_its_picture_and_every_picture_its_diagram():
    pictures = set(mermaid_diagrams.FOLDER.iterdir())
    assert pictures == set(DIAGRAMS), "a diagram has changed: run `python -m tools.mermaid_diagrams`"
    assert all(path.read_text(encoding="utf-8").startswith("<svg ") for path in pictures)


@pytest.mark.parametrize("text", ["another text\n", None], ids=["changed", "missing"])
def test_a_stale_file_is_named_and_then_written(text, tmp_path, monkeypatch, capsys):
    page = tmp_path / "docs" / "page.md"
    if text is not None:
        page.parent.mkdir()
        page.write_text(text)
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "generated_files", lambda: {page: "the text\n"})
    monkeypatch.setattr(generate.check_pages, "FOLDER", tmp_path / "docs" / "checks")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == "stale: docs/page.md\nrun `make generate`\n"
    assert generate.main([]) == 0
    assert (page.read_text(), capsys.readouterr().out) == ("the text\n", "wrote: docs/page.md\n")
    assert generate.main(["--check"]) == 0


def test_a_page_whose_check_is_gone_is_removed(tmp_path, monkeypatch, capsys):
    left_over = tmp_path / "OLD001.md"
    left_over.write_text("# OLD001\n")
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "generated_files", dict)
    monkeypatch.setattr(generate.check_pages, "FOLDER", tmp_path)
    assert generate.main(["--check"]) == 1
    assert generate.main([]) == 0
    assert "removed: OLD001.md" in capsys.readouterr().out
    assert not left_over.exists()


@pytest.mark.parametrize("arguments", [["--chekc"], ["check"], ["docs/kql.md"]], ids=" ".join)
def test_an_unknown_word_is_refused_and_nothing_written(arguments, monkeypatch, capsys):
    monkeypatch.setattr(generate, "write_files", lambda _: pytest.fail("it wrote"))
    with pytest.raises(SystemExit) as error:
        generate.main(arguments)
    assert error.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err


def test_text_around_a_block_stays_and_a_missing_block_is_an_error():
    text = "before\n<!-- keys -->\nold\n<!-- /keys -->\nafter\n"
    replaced = marked_blocks.replace_block(text, "keys", "new\n")
    assert replaced == "before\n<!-- keys -->\nnew\n<!-- /keys -->\nafter\n"
    with pytest.raises(LookupError, match="'others'"):
        marked_blocks.replace_block(text, "others", "new\n")
