"""The table of diagnoses in `docs/verify.md`, made from their codes."""

from __future__ import annotations

from pathlib import Path

from provisioner.diagnose.codes import CODES
from tools.marked_blocks import DOCS, replace_block

PAGE = DOCS / "verify.md"


def pages() -> dict[Path, str]:
    """The page with its table as the diagnoses are now."""
    return {PAGE: replace_block(PAGE.read_text(encoding="utf-8"), "diagnoses", table())}


def table() -> str:
    """A row for each diagnosis."""
    rows = [f"| `{name}` | {code.page.splitlines()[0]} |" for name, code in CODES.items()]
    return "\n".join(["| diagnosis | what it says |", "| --- | --- |", *rows, ""])
