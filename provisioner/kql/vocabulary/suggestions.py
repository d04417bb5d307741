"""What a remark proposes: the name that was probably meant, or a function around an expression."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from provisioner.diagnostics import Edit, Fix, Span

_MOST = 2000


def near(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate closest to `name`: equal but for case, or a few letters away; None where none is near."""
    from difflib import get_close_matches

    known = list(dict.fromkeys(islice(candidates, _MOST)))
    folded = name.lower()
    for candidate in known:
        if candidate.lower() == folded:
            return candidate
    if len(name) > 80:
        return None
    found = get_close_matches(folded, [candidate.lower() for candidate in known], 1, 0.75)
    return next((candidate for candidate in known if found and candidate.lower() == found[0]), None)


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """A hint with the name that was probably meant."""
    found = near(name, candidates)
    return f"did you mean {found!r}?" if found else None


def wrap(span: Span, text: str, function: str) -> Fix:
    """The fix that puts a function around a piece of the text."""
    return Fix(f"wrap it in {function}()", (Edit(span, f"{function}({text[span.start : span.end]})"),))
