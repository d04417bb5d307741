"""Makes docs/kql.md from the language itself; `python -m tests.kql_page` rewrites it."""

from __future__ import annotations

from pathlib import Path

from provisioner.kql.reference import reference

PAGE = Path(__file__).parents[1] / "docs" / "kql.md"

if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    print(f"wrote {PAGE}")
