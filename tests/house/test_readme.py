"""The README says what the code does."""

from __future__ import annotations

import re

from tools.marked_blocks import ROOT, read_block
from tools.readme_blocks import README


def test_the_shown_run_ends_in_an_arrived_row():
    assert "1 of 1 row" in read_block(README.read_text(), "demo")


def test_every_file_that_the_readme_links_to_is_there():
    missing = [
        link for link in re.findall(r"\]\((?!https?:)([^)#]+)", README.read_text()) if not (ROOT / link).exists()
    ]
    assert not missing
