"""A transform found in a rule, laid out for people to read."""

from __future__ import annotations

from provisioner import kql


def layout(text: str) -> str:
    """The same query with one step a line, where it provably is the same; else the text as it was found."""
    plain = text.strip()
    try:
        made = kql.format(plain).strip()
    except ValueError:
        return text
    if not kql.same(text, made):
        return text
    return f"{made}\n" if "\n" in made else made
