"""Manifests at a limit and beyond it: marks in a fragment become texts, numbers and entries of a size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.package_data import load_facts

FILL, TEXT, NUMBER, REPEATED = "<<fill>>", "<<text>>", "<<number>>", "<<each>>"


def limit_of(place: tuple[str | int, ...]) -> int:
    """The number that a file of facts gives as a limit: the file, then the keys that lead to it."""
    file, *keys = place
    value: Any = load_facts(str(file))
    for key in keys:
        value = value[key]
    return int(value)


def fragment_of_size(fragment: Any, size: int, names: Mapping[str, str]) -> Any:
    """The fragment with its marks replaced.

    `<<fill>>` makes the text that it stands in `size` characters long, `<<text>>` is a text of that length,
    `<<number>>` the number, an entry with `<<each>>` is repeated until there are `size` of them; `names` gives the
    texts of the other marks.
    """
    if isinstance(fragment, Mapping):
        entries = [entry for key, value in fragment.items() for entry in _entries(str(key), value, size, len(fragment))]
        return {_text_of_size(key, size, names): fragment_of_size(value, size, names) for key, value in entries}
    if isinstance(fragment, list):
        items = [item for written in fragment for item in _repeated(written, size, len(fragment))]
        return [fragment_of_size(item, size, names) for item in items]
    if not isinstance(fragment, str):
        return fragment
    return size if fragment == NUMBER else _text_of_size(fragment, size, names)


def _entries(key: str, value: Any, size: int, written: int) -> list[tuple[str, Any]]:
    if REPEATED not in key:
        return [(key, value)]
    # the other entries of the mapping count too
    numbers = [str(number) for number in range(1, size - written + 2)]
    return [(key.replace(REPEATED, number), value) for number in numbers]


def _repeated(item: Any, size: int, written: int) -> list[Any]:
    if not isinstance(item, str) or REPEATED not in item:
        return [item]
    return [item.replace(REPEATED, str(number)) for number in range(1, size - written + 2)]


def _text_of_size(text: str, size: int, names: Mapping[str, str]) -> str:
    for mark, name in names.items():
        text = text.replace(f"<<{mark}>>", name)
    return text.replace(TEXT, "a" * size).replace(FILL, "a" * (size - len(text) + len(FILL)))
