"""The name that an author most likely meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest_name(name: str, candidates: Iterable[str], cutoff: float = 0.75) -> str | None:
    """The candidate equal to `name` but for case, else the most alike one; None where none reaches the cutoff.

    `cutoff` is difflib's ratio, from 0 (anything) to 1 (equal).
    """
    by_folded = {candidate.lower(): candidate for candidate in candidates}
    if name.lower() in by_folded:
        return by_folded[name.lower()]
    # Imported late: difflib costs start-up time and is needed for mistakes alone.
    from difflib import get_close_matches

    matches = get_close_matches(name.lower(), by_folded, n=1, cutoff=cutoff)
    return by_folded[matches[0]] if matches else None
