"""Names: the one that an author most likely meant, and one that is not taken yet."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import chain, count, islice

_SIMILARITY = 0.75
"""Difflib's ratio from which a name is proposed; one for all proposals, so that all commands help alike."""
_CERTAINTY = 0.88
"""The ratio from which a name is taken for another one misspelt, where it could well be a name of its own."""
# Comparing takes time in the square of the lengths, and a text may hold a thousand unknown names.
_MAX_CANDIDATES = 2000
_MAX_NAME_LENGTH = 80


def nearest_name(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate equal to `name` but for case, else the most alike one; None where none is alike enough."""
    return _most_alike(name, candidates, _SIMILARITY)


def intended_name(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate of which `name` is a misspelling beyond doubt; None where it may be a name of its own.

    For decisions that rest on it; what is only proposed to the author is `nearest_name`.
    """
    return _most_alike(name, candidates, _CERTAINTY)


def most_alike_names(name: str, candidates: Iterable[str], count: int) -> list[str]:
    """So many of the candidates, the most alike first and however unlike: a choice to show, not a proposal."""
    # Imported late, as below.
    from difflib import get_close_matches

    return get_close_matches(name, list(candidates), n=count, cutoff=0.0)


def _most_alike(name: str, candidates: Iterable[str], ratio: float) -> str | None:
    by_folded: dict[str, list[str]] = {}
    for candidate in islice(candidates, _MAX_CANDIDATES):
        by_folded.setdefault(candidate.lower(), []).append(candidate)
    folded = name.lower()
    if folded in by_folded:
        return _nearest_case(name, by_folded[folded])
    if len(name) > _MAX_NAME_LENGTH:
        return None
    # Imported late: difflib costs start-up time and is needed for mistakes alone.
    from difflib import get_close_matches

    matches = get_close_matches(folded, by_folded, n=1, cutoff=ratio)
    return _nearest_case(name, by_folded[matches[0]]) if matches else None


def _nearest_case(name: str, candidates: list[str]) -> str:
    """Of names that differ only by case, the one that shares the most letters with `name`; the first of equals."""
    if len(candidates) == 1:
        return candidates[0]
    from difflib import SequenceMatcher

    return max(candidates, key=lambda candidate: SequenceMatcher(None, name, candidate).ratio())


def name_hint(nearest: str | None) -> str | None:
    """The hint that proposes a name; None where there is none to propose."""
    return f"did you mean {nearest!r}?" if nearest else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """The hint that proposes the candidate most like `name`; None where none is alike enough."""
    return name_hint(nearest_name(name, candidates))


def unused_name(name: str, used: Container[str], *, separator: str = "", start: int = 1) -> str:
    """`name`, or the first of `name1`, `name2` … that is not used; `start` is the first number."""
    return next(free_names(chain((name,), numbered_names(f"{name}{separator}", start)), used))


def numbered_names(base: str, start: int = 1) -> Iterator[str]:
    """`base1`, `base2` … without end; `start` is the first number."""
    return (f"{base}{number}" for number in count(start))


def free_names(candidates: Iterable[str], used: Container[str]) -> Iterator[str]:
    """The candidates that are not used, in their order."""
    return (candidate for candidate in candidates if candidate not in used)
