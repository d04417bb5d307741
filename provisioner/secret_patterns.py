"""Patterns of secrets in texts, and of names that secrets have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from provisioner.diagnostics import Span

_SECRET_PATTERNS = {
    # kind with its article → lower-case text that every such secret contains, and its pattern
    "a private key": (
        "private key",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]{0,20000}?-----END [A-Z ]*PRIVATE KEY-----)?",
    ),
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
_SENSITIVE_NAME = (
    r"(?i)(?:^|[_-])(?:(?:client|app)?_?-?secret|password|passwd|pwd|(?:api|access|account|shared|private|workspace)_?-?key"
    r"|(?:sas|bearer|access|refresh)_?-?token|connection_?-?string)(?:$|[_-])"
)


def find_secrets(text: str) -> Iterator[tuple[str, Span]]:
    """The kind (with an article) and the span of each secret in a text; overlapping matches count once."""
    lower, last_end = text.lower(), -1
    # Compiling and searching a pattern is dear: only where the text contains what every match contains.
    matches = [
        (match.start(), match.end(), label)
        for label, (marker, expression) in _SECRET_PATTERNS.items()
        if marker in lower
        for match in _pattern(expression).finditer(text)
    ]
    # Of overlapping matches the longest says best what it is.
    for start, end, label in sorted(matches, key=lambda match: (match[0], -match[1])):
        if start >= last_end:
            last_end = end
            yield label, Span(start, end)


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name looks like the holder of a secret."""
    return _pattern(_SENSITIVE_NAME).search(name) is not None


def find_named_secrets(text: str) -> Iterator[Span]:
    """The spans of values in YAML or JSON that stand behind a name of a secret; no variables, no mappings or lists."""
    for match in _pattern(_NAMED_VALUE).finditer(text):
        if is_secret_name(match["name"]) and match["value"].strip("'\"").lower() not in _HARMLESS_VALUES:
            yield Span(*match.span("value"))


# A name, a colon, perhaps `{default:`, and a scalar.
_NAMED_VALUE = (
    r"(?P<name>[A-Za-z][\w-]*)[\"']?[ \t]*:[ \t]*"
    r"(?:\{?\s*(?:description:[^\n,}]*[\n,]\s*)?(?:default|value)[ \t]*:[ \t]*)?"
    r"(?P<value>\"[^\"\n]+\"|'[^'\n]+'|[^\s{}\[\],#'\"|>$&*][^\n{}\[\],#]*)"
)
# The types of columns: a table may have a column of such a name.
_HARMLESS_VALUES = frozenset(
    (
        "string",
        "dynamic",
        "guid",
        "boolean",
        "bool",
        "int",
        "long",
        "real",
        "datetime",
        "null",
        "default",
        "true",
        "false",
    )
)


@cache
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.ASCII)
