"""Labels from texts of others: one line, without characters that a terminal or a page would act on."""

from __future__ import annotations

import unicodedata

_MAX_LABEL = 80


def single_line(text: str, limit: int = _MAX_LABEL) -> str:
    """The text in one line of at most so many characters.

    Spaces and line ends become single spaces; control characters, lone surrogates and marks that turn the direction
    of writing are left out.
    """
    label: list[str] = []
    is_after_space = False
    for character in text:
        if character.isspace():
            is_after_space = bool(label)
            continue
        # Cc: control, Cf: format (bidirectional overrides too), Cs: lone surrogates, which no encoding can write.
        if unicodedata.category(character) in ("Cc", "Cf", "Cs"):
            continue
        if is_after_space:
            label.append(" ")
            is_after_space = False
        label.append(character)
        # One more than there is room for: a transform of any length costs no more than its beginning.
        if len(label) > limit:
            return f"{''.join(label[: limit - 1]).rstrip()}…"
    return "".join(label)
