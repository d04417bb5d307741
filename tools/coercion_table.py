"""The table of values of another type in `docs/emulator.md`, made from `schemas/coercion.yaml`."""

from __future__ import annotations

from pathlib import Path

from provisioner.kql.values.json_coercion import JSON_KINDS, coercion
from provisioner.model import TYPES
from tools.marked_blocks import DOCS, replace_block

PAGE = DOCS / "emulator.md"
_WORDS = {
    "value": "as it is",
    "parsed": "read, else null",
    "json_text": "JSON text",
    "text": "its text",
    "lost": "null",
    "nothing": "null",
    "refused": "400",
}


def pages() -> dict[Path, str]:
    """The page with its table as the facts are now."""
    return {PAGE: replace_block(PAGE.read_text(encoding="utf-8"), "coercions", table())}


def table() -> str:
    """A row for each column type and a column for each kind of JSON value."""
    kinds = [kind for kind in JSON_KINDS if kind != "absent"]
    rows = [f"| `{type_}` | {' | '.join(_cell(kind, type_) for kind in kinds)} |" for type_ in TYPES]
    heads = {"null": "null or absent"}
    head = f"| column | {' | '.join(heads.get(kind, kind) for kind in kinds)} |"
    return "\n".join([head, f"| --- {'| --- ' * len(kinds)}|", *rows, ""])


def _cell(kind: str, type_: str) -> str:
    outcome, auxiliary = coercion(kind, type_), coercion(kind, type_, "auxiliary")
    unknown = "" if outcome.evidence else " ?"
    other = "; Auxiliary: 400" if auxiliary.arrives == "refused" else ""
    return f"{_WORDS[outcome.arrives]}{unknown}{other}"
