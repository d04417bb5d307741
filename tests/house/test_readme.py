"""The README says what the code does."""

from __future__ import annotations

import re

import pytest

from tools.readme_blocks import README, ROOT, block, made


@pytest.mark.parametrize("name", made())
def test_a_generated_block_is_current(name):
    assert block(README.read_text(), name) == made()[name], "run `python -m tools.readme_blocks --write`"


def test_the_shown_run_ends_in_an_arrived_row():
    assert "1 of 1 row" in block(README.read_text(), "demo")


def test_every_file_that_the_readme_links_to_is_there():
    missing = [
        link for link in re.findall(r"\]\((?!https?:)([^)#]+)", README.read_text()) if not (ROOT / link).exists()
    ]
    assert not missing
