"""What can be said of a query's rows before it runs, so that the store need not read them all."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|\"[^\"]*\"|'[^']*'|//[^\n]*")
_SIMPLE = re.compile(r"\s*(?:\[['\"])?[A-Za-z_][\w-]*(?:['\"]\])?\s*(?:\||$)")
_EQUAL = re.compile(r"\s*where\s+([A-Za-z_]\w*)\s*==\s*(?:\"([^\"\\]*)\"|'([^'\\]*)')\s*$")
_PLAIN = re.compile(r"\s*where\b[^'\"]*$")


def tables_named(text: str, known: Iterable[str]) -> list[str]:
    """The known tables whose names stand in a query, also quoted; `search`, `union *` and the like mean them all."""
    words = {each.strip("'\"") for each in _WORD.findall(text)}
    known = list(known)
    if words & {"search", "find"} or re.search(r"\bunion\b[^|;]*\*", text):
        return known
    return [each for each in known if each in words]


def texts_needed(text: str, columns: Mapping[str, str], standard: Mapping[str, str]) -> tuple[str, ...]:
    """Texts that each row of the one table must hold: the constants of the leading `where Column == "constant"` steps.

    Only leading filters count, each a comparison of a stored column alone, so that no step before them can have
    made or renamed the column. Only text columns are looked at, and not the standard ones, which are not stored.
    """
    if "//" in text or ";" in text or not _SIMPLE.match(text):
        return ()
    found = []
    for step in text.split("|")[1:]:
        match = _EQUAL.match(step)
        if match:
            constant = match[2] if match[2] is not None else match[3]
            if constant and columns.get(match[1]) == "string" and match[1] not in standard:
                found.append(json.dumps(constant, ensure_ascii=False)[1:-1])
        elif not _PLAIN.match(step):
            break
    return tuple(found)
