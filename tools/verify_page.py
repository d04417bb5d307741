"""Makes the table of docs/verify.md from the diagnoses; `python -m tools.verify_page` rewrites it."""

from __future__ import annotations

from provisioner.diagnose.codes import CODES
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "verify.md"
START, END = "<!-- diagnoses -->\n", "<!-- end -->\n"


def table() -> str:
    """A row for each diagnosis."""
    rows = ["| diagnosis | what it says |", "| --- | --- |"]
    rows += [f"| `{code}` | {text.splitlines()[0]} |" for code, text in CODES.items()]
    return "\n".join(rows) + "\n"


def page(old: str) -> str:
    """The page with the table as it must be."""
    head, _, rest = old.partition(START)
    return f"{head}{START}{table()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
