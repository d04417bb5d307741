"""Generated parts inside pages that people write, between `<!-- NAME -->` and `<!-- /NAME -->`."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def read_block(text: str, name: str) -> str:
    """What stands between the marks of a block. Raises LookupError where the text has no such block."""
    match = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    if match is None:
        raise LookupError(f"there is no block {name!r}")
    return match[1]


def replace_block(text: str, name: str, content: str) -> str:
    """The text with `content`, which ends in a line feed, as that block. Raises LookupError as `read_block` does."""
    before, after = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    return text.replace(before + read_block(text, name) + after, before + content + after)


def escape_pipes(text: str) -> str:
    """The text for a cell of a Markdown table. In code too: `tools.site_hooks` undoes it there for MkDocs."""
    return text.replace("|", "\\|")
