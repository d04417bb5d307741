"""`docs/formats.md`: which command has which formats, and what each is, made from the formats themselves."""

from __future__ import annotations

from pathlib import Path

from provisioner.reports.format_registry import FORMATS, SUBJECTS, report_formats
from tools.marked_blocks import DOCS

PAGE = DOCS / "formats.md"
INTRODUCTION = """\
# Formats

`--format` chooses the form of what a command prints to stdout; the first of its row is the default. A JSON object has a
`version`, which stands for its shape: keys may be added under it, none is renamed or dropped. Where the manifest has
errors, a command prints them in the same format as far as it can express them.

| command | formats |
| --- | --- |
"""


def pages() -> dict[Path, str]:
    """The page as the formats are now."""
    return {PAGE: page_text()}


def page_text() -> str:
    """A row for each command, and a section for each format."""
    links = {subject: ", ".join(f"[`{name}`](#{name})" for name in forms) for subject, forms in FORMATS.items()}
    rows = "".join(f"| `{subject}` | {names} |\n" for subject, names in links.items())
    sections = (f"\n## {name}\n\n{' '.join(texts)}\n" for name, texts in _descriptions().items())
    return INTRODUCTION + rows + "".join(sections)


def _descriptions() -> dict[str, dict[str, None]]:
    """What each format is: of one name there may be several, each for other commands."""
    texts: dict[str, dict[str, None]] = {}
    for subject in SUBJECTS:
        for form in report_formats(subject):
            texts.setdefault(form.name, {})[form.description] = None
    return texts
