"""Writes every generated page, schema and README block: `python -m tools.generate`; with `--check` it only compares.

A generator is a module of this folder with a function `pages()` that returns the whole text of each file it owns, by
path. Text that people write around a generated part stays: see `tools.marked_blocks`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import (
    check_pages,
    coercion_table,
    command_reference,
    diagnosis_table,
    format_page,
    kql_page,
    manifest_keys,
    manifest_schema,
    readme_blocks,
    sender_pages,
    template_page,
    workbench_client,
)
from tools.marked_blocks import ROOT

GENERATORS = (
    manifest_schema,
    manifest_keys,
    check_pages,
    command_reference,
    format_page,
    kql_page,
    sender_pages,
    template_page,
    workbench_client,
    diagnosis_table,
    coercion_table,
    readme_blocks,
)


def generated_files() -> dict[Path, str]:
    """The text that each generated file must have, by path."""
    return {path: text for generator in GENERATORS for path, text in generator.pages().items()}


def stale_files() -> dict[Path, str | None]:
    """The files whose text differs, with the text they must have; None for one that no generator writes any more."""
    files = generated_files()
    stale: dict[Path, str | None] = {path: text for path, text in files.items() if _read(path) != text}
    orphans = [path for path in sorted(check_pages.FOLDER.glob("*.md")) if path not in files]
    return stale | dict.fromkeys(orphans)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def write_files(texts: dict[Path, str | None]) -> None:
    """Write each file with its text, and remove those with None."""
    for path, text in texts.items():
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what is stale; with `--check` name it and return 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description="Write every generated file.")
    parser.add_argument("--check", action="store_true", help="write nothing; name what is stale and exit with 1")
    check = parser.parse_args(arguments).check
    stale = stale_files()
    if not check:
        write_files(stale)
    for path, text in stale.items():
        verb = "stale" if check else "removed" if text is None else "wrote"
        print(f"{verb}: {path.relative_to(ROOT)}")
    if check and stale:
        print("run `make generate`")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
