"""What secrets look like."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Span
from provisioner.validate.name_matching import pattern

_KINDS = {
    # what it is: a word in small letters without which a text holds none, and how it is written
    "a private key": ("private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a storage account's key": ("accountkey", r"(?i:\bAccountKey=[A-Za-z0-9+/]{20,}={0,2})"),
    "a shared access key": ("sharedaccesskey", r"(?i:\bSharedAccessKey=[A-Za-z0-9+/]{20,}={0,2})"),
    "a password": ("password", r"(?i:(?<=;)\s*Password=[^;\s$\"'()]{8,}|\bPassword=[^;\s$\"'()]{8,}(?=;))"),
    "a password in a connection string": ("pwd", r"(?i:(?<=;)\s*Pwd=[^;\s$\"'()]{8,}|\bPwd=[^;\s$\"'()]{8,}(?=;))"),
    "a password in an address": ("://", r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@\"'$]+:[^\s/:@\"'$<>{}]{6,}@"),
    "a shared access signature": ("sig=", r"(?i:(?:[?&]|SharedAccessSignature=\S*)sig=[A-Za-z0-9%+/=]{20,})"),
    "an Entra client secret": ("q~", r"(?<![\w~.-])[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}(?![\w~.-])"),
    "a bearer token": ("bearer ", r"(?i:\bbearer\s+(?=\S*\d)[A-Za-z0-9_.~+/-]{20,}=*)"),
    "a token": ("eyj", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "a GitHub token": ("gh", r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"),
    "an account's or a workspace's key": ("==", r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==(?!=)"),
}
_NAME = (
    r"(?i)(?:^|[_-])(?:(?:client|app)?_?-?secret|password|passwd|pwd|(?:api|access|account|shared|private|workspace)_?-?key"
    r"|(?:sas|bearer|access|refresh)_?-?token|connection_?-?string)(?:$|[_-])"
)


def secrets(text: str) -> Iterator[tuple[str, Span]]:
    """The kinds of secrets that a text holds, with an article, and where they stand; each place once."""
    lower, told = text.lower(), -1
    found = [
        (match.start(), match.end(), kind)
        for kind, (word, written) in _KINDS.items()
        if word in lower  # compiling and searching is for texts that may hold one
        for match in pattern(written).finditer(text)
    ]
    for start, end, kind in sorted(found, key=lambda each: (each[0], -each[1])):
        if start >= told:
            told = end
            yield kind, Span(start, end)


def secret_name(name: str) -> bool:
    """Whether something of this name ought to be secret."""
    return pattern(_NAME).search(name) is not None
