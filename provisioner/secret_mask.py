"""Secrets of the author's files made unreadable in what is said of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from provisioner.diagnostics import Diagnostic, Fix
from provisioner.secret_patterns import find_named_secrets, find_secrets

MASK = "***"
_SHORTEST = 6
_SHORTEST_PIECE = 12
"""Characters of a secret that are masked where a message holds only its beginning, or a piece of it."""
# What says the kind of a secret, and is none: `AccountKey=`, `Bearer `, `https://user:`.
_LABEL = re.compile(r"(?i)(?:[A-Za-z]+=(?=[^=])|bearer\s+|[?&]sig=|[a-z][a-z0-9+.-]*://[^:@]*:)")


class SecretMask:
    """Replaces known secrets, also where only their beginning is quoted."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first: one secret may begin like another.
        self._secrets = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)

    @classmethod
    def of(cls, texts: Iterable[str], values: Iterable[str] = ()) -> SecretMask:
        """A mask of the secrets that the texts show, and of these values."""
        secrets = list(values)
        for text in texts:
            secrets += _secrets_in(text)
        return cls(secrets)

    def mask(self, text: str) -> str:
        """The text with `***` for each secret, its beginning of 6 characters or more, and any 12 characters of it."""
        for secret in self._secrets:
            text = _mask_piece(secret, text, _SHORTEST)
            # A message may quote the piece of a secret between two signs, as the parser of a transform does.
            for start in range(1, len(secret) - _SHORTEST_PIECE + 1):
                text = _mask_piece(secret[start:], text, _SHORTEST_PIECE)
        return text

    def mask_diagnostic(self, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic without secrets in its texts; a fix that would write one is left out."""
        if not self._secrets:
            return diagnostic
        fix = diagnostic.fix
        if fix is not None and any(self.mask(edit.text) != edit.text for edit in fix.edits):
            fix = None
        return replace(
            diagnostic,
            message=self.mask(diagnostic.message),
            hint=None if diagnostic.hint is None else self.mask(diagnostic.hint),
            fix=None if fix is None else Fix(self.mask(fix.description), fix.edits),
            subject=None if diagnostic.subject is None else self.mask(diagnostic.subject),
        )


# An editor asks for the same files after each keystroke, and one of them has changed.
@lru_cache(maxsize=512)
def _secrets_in(text: str) -> tuple[str, ...]:
    return tuple(secret_part(text[span.start : span.end]) for _, span in find_secrets(text))


def mask_source(text: str) -> str:
    """A file's text in which each character of a secret is an asterisk: columns and lines stay where they are."""
    spans = [(span.end - len(secret_part(text[span.start : span.end])), span.end) for _, span in find_secrets(text)]
    spans += [(span.start, span.end) for span in find_named_secrets(text)]
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\r\n'\"]", "*", text[start:end]) + text[end:]
    return text


def secret_part(text: str) -> str:
    """What is secret of a match of `find_secrets`: it without the label in front."""
    label = _LABEL.match(text)
    return text[label.end() :] if label else text


def _mask_piece(secret: str, text: str, shortest: int) -> str:
    """The text with `***` wherever it holds at least so many characters of a secret's beginning."""
    start = text.find(secret[:shortest])
    while start >= 0:
        end = start + _common_length(secret, text[start : start + len(secret)])
        text = text[:start] + MASK + text[end:]
        start = text.find(secret[:shortest], start + len(MASK))
    return text


def _common_length(left: str, right: str) -> int:
    """How many characters two texts have in common at their beginnings."""
    pairs = zip(left, right, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))
