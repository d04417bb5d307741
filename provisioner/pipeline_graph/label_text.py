"""Labels from texts of others: one line, without characters that a terminal or a page would act on."""

from __future__ import annotations

import unicodedata

_MAX_LABEL = 80


def single_line(text: str, limit: int = _MAX_LABEL) -> str:
    """The text in one line of at most so many characters.

    Spaces and line ends become single spaces; control characters, lone surrogates and marks that turn the direction
    of writing are left out.
    """
    # Cc: control, Cf: format (bidirectional overrides among them), Cs: lone surrogates, which no encoding can write.
    plain = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )
    joined = " ".join(plain.split())
    return joined if len(joined) <= limit else f"{joined[: limit - 1].rstrip()}…"
