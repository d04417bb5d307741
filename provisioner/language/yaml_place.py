"""What is written, or can be written, at one place of a YAML text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from provisioner.diagnostics import Span

Path = tuple[str | int, ...]
Role = Literal["key", "value", "comment", "content"]
"""What stands or can stand at a place; `content` is the inside of a `|` or `>` block."""


@dataclass(frozen=True, slots=True)
class YamlCursor:
    """One place of a YAML text.

    `path` leads to the mapping whose key is written there (`key`), or to the value (`value`, `content`). `token` is the
    key or plain word at the place, `text` its characters up to the place. `indent` is the column of the keys beside it,
    `flow` says that braces or brackets stand around it, `keys` are the keys of the same mapping that stand elsewhere.
    `block_start` is the offset of the line behind the `|` of a block that the place is inside of.
    """

    path: Path
    role: Role
    token: Span
    text: str
    indent: int = 0
    flow: bool = False
    keys: frozenset[str] = frozenset()
    block_start: int | None = None
    is_new_item: bool = False


def unquoted_key(key: str) -> str:
    """A key without its quotes."""
    key = key.strip()
    if len(key) > 1 and key[0] == key[-1] == "'":
        return key[1:-1].replace("''", "'")
    return key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
