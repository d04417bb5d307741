"""Comparing strings as Kusto's operators do: by term, by part, with and without case."""

from __future__ import annotations


def equals_ignoring_case(text: str, other: str) -> bool:
    """`=~`: equal without case."""
    return text.lower() == other.lower()


def contains(text: str, part: str) -> bool:
    """`contains`: the part anywhere, without case."""
    return part.lower() in text.lower()


def startswith(text: str, part: str) -> bool:
    """`startswith`: the part at the start, without case."""
    return text.lower().startswith(part.lower())


def endswith(text: str, part: str) -> bool:
    """`endswith`: the part at the end, without case."""
    return text.lower().endswith(part.lower())


def has(text: str, term: str) -> bool:
    """`has`: the text has the whole term, without case. A term is a longest run of letters and digits."""
    return has_cs(text.lower(), term.lower())


def has_cs(text: str, term: str) -> bool:
    """`has_cs`: the text has the whole term, case counting."""
    return _contains_term(text, term, left=True, right=True)


def hasprefix(text: str, term: str) -> bool:
    """`hasprefix`: the text has a term that starts with `term`, without case."""
    return hasprefix_cs(text.lower(), term.lower())


def hasprefix_cs(text: str, term: str) -> bool:
    """`hasprefix_cs`: the text has a term that starts with `term`, case counting."""
    return _contains_term(text, term, left=True, right=False)


def hassuffix(text: str, term: str) -> bool:
    """`hassuffix`: the text has a term that ends with `term`, without case."""
    return hassuffix_cs(text.lower(), term.lower())


def hassuffix_cs(text: str, term: str) -> bool:
    """`hassuffix_cs`: the text has a term that ends with `term`, case counting."""
    return _contains_term(text, term, left=False, right=True)


def _contains_term(text: str, term: str, *, left: bool, right: bool) -> bool:
    """Whether the term occurs with no letter or digit beside it on the sides asked for."""
    # A search by position, not a pattern of word boundaries: those count `_` as a letter, Kusto's terms do not.
    start = text.find(term)
    if start < 0 or not term:
        return start >= 0
    # A term that itself starts or ends with a delimiter needs no delimiter beside it there: `-ray` is in `x-ray`.
    left = left and term[0].isalnum()
    right = right and term[-1].isalnum()
    while start >= 0:
        end = start + len(term)
        if not (left and start > 0 and text[start - 1].isalnum()) and not (
            right and end < len(text) and text[end].isalnum()
        ):
            return True
        start = text.find(term, start + 1)
    return False
