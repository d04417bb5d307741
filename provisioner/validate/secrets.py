"""What secrets look like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provisioner.diagnostics import Span

_KINDS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "connection string": r"(?i:\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)\s*=\s*[^;\s$]{8,})",
    "shared access signature": r"(?i:[?&]sig=[A-Za-z0-9%+/=]{20,})",
    "Entra client secret": r"(?<![\w~.-])[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}(?![\w~.-])",
    "token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}\b",
    "bearer token": r"(?i:\bbearer\s+[A-Za-z0-9_.~+/-]{20,}=*)",
    "account or workspace key": r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==(?!=)",
}
_ANY = re.compile("|".join(f"(?P<k{index}>{text})" for index, text in enumerate(_KINDS.values())))
_NAMES = tuple(_KINDS)
_NAME = re.compile(
    r"(?i)(?:^|[_-])(?:(?:client|app)?_?-?secret|password|passwd|pwd|(?:api|access|account|shared|private|workspace)_?-?key"
    r"|(?:sas|bearer|access|refresh)_?-?token|connection_?-?string)(?:$|[_-])"
)


def secrets(text: str) -> Iterator[tuple[str, Span]]:
    """The kinds of secrets that a text holds, with an article, and where they stand."""
    for found in _ANY.finditer(text):
        kind = _NAMES[int(str(found.lastgroup)[1:])]
        yield f"a{'n' if kind[0] in 'aeiouE' else ''} {kind}", Span(*found.span())


def secret_name(name: str) -> bool:
    """Whether something of this name ought to be secret."""
    return _NAME.search(name) is not None
