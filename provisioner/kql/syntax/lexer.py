"""Text to tokens: names, literals in all their spellings, operators; never an exception."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioner.kql.values import NANOSECONDS, UNITS

LITERAL_TYPES = {
    "datetime": "datetime",
    "date": "datetime",
    "timespan": "timespan",
    "time": "timespan",
    "guid": "guid",
    "int": "int",
    "long": "long",
    "real": "real",
    "double": "real",
    "decimal": "decimal",
    "bool": "bool",
    "boolean": "bool",
}
"""The words that open a typed literal such as `datetime(2026-01-01)`; between its parentheses stands raw text."""

_UNIT = "|".join(sorted((*UNITS, *NANOSECONDS), key=len, reverse=True))
_TYPED = "|".join(sorted(LITERAL_TYPES, key=len, reverse=True))

_TOKEN = re.compile(
    rf"""
      (?P<space>(?:[\s\ufeff]|//[^\n]*)+)
    | (?P<typed>\b(?:{_TYPED})[ \t\r\n]*\((?:[^()"'\n]*|[ ]*"[^"\n]*"[ ]*|[ ]*'[^'\n]*'[ ]*)\))
    | (?P<string>[hH]?(?:@(?:"(?:[^"]|"")*"|'(?:[^']|'')*')|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
    | (?P<block>[hH]?(?:```[\s\S]*?```|~~~[\s\S]*?~~~))
    | (?P<broken>[hH]?@?["'][^\n]*)
    | (?P<name>[^\W\d]\w*~?)
    | (?P<span>\d+(?:\.\d+)?(?:{_UNIT})(?!\w))
    | (?P<hex>0[xX][0-9a-fA-F]+(?!\w))
    | (?P<real>\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+|\.(?![.\w]))(?!\w))
    | (?P<long>\d+(?!\w))
    | (?P<digits>\d\w*)
    | (?P<op>!in~|!~|!=|==|=~|=>|<=|>=|<>|\.\.|!(?=[A-Za-z])[A-Za-z_]+|[-+*/%<>=(){{}}\[\],;:.|])
    | (?P<bad>.[^\s\w"'|()\[\]{{}},;]*)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class Token:
    """A piece of text with its kind: name, string, long, real, hex, span, typed, op, or end."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Flaw:
    """Text that is no token, with what is wrong."""

    message: str
    start: int
    end: int


def tokenize(text: str) -> tuple[list[Token], list[Flaw]]:
    """The tokens of `text`, closed by one of kind `end`, and what could not be read."""
    tokens: list[Token] = []
    flaws: list[Flaw] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "space":
            continue
        start, end = match.span()
        if kind in ("broken", "bad", "digits"):
            flaws.append(Flaw(_complaint(kind, match.group()), start, end))
            if kind == "bad":
                continue
        elif kind == "name" and match.group()[-1] == "~" and match.group() != "in~":
            _split_tilde(match.group(), start, tokens, flaws)
            continue
        tokens.append(Token(_KINDS.get(kind, kind), match.group(), start, end))
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens, flaws


_KINDS = {"broken": "string", "block": "string", "digits": "name"}


def _complaint(kind: str, text: str) -> str:
    if kind == "broken":
        return "the string is not closed"
    if kind == "digits":
        return f"{text!r} is neither a number nor a name; a name that starts with a digit is written ['{text}']"
    return f"{text[:20]!r} does not belong to the language"


def _split_tilde(text: str, start: int, tokens: list[Token], flaws: list[Flaw]) -> None:
    """`in~` is one operator; after any other name the tilde is stray."""
    end = start + len(text)
    tokens.append(Token("name", text[:-1], start, end - 1))
    flaws.append(Flaw("'~' does not belong here", end - 1, end))


def unquote(text: str) -> str:
    """The value of a string token: plain, verbatim (@), obfuscated (h) or multi-line."""
    if text[:1] in ("h", "H"):
        text = text[1:]
    if text[:3] in ("```", "~~~") and len(text) >= 6:
        return text[3:-3]
    if text[:1] == "@":
        quote = text[1:2]
        return text[2:].removesuffix(quote).replace(quote * 2, quote)
    body = text[1:-1] if len(text) > 1 and text[-1] == text[0] else text[1:]
    return _pair(_ESCAPE.sub(_unescape, body)) if "\\" in body else body


_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def _unescape(match: re.Match[str]) -> str:
    found = match.group(1)
    if found[0] in "uUx" and len(found) > 1:
        code = int(found[1:], 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    if found[0] in "01234567" and len(found) > 1:
        return chr(int(found, 8))
    return _ESCAPES.get(found, found)


def _pair(text: str) -> str:
    """Two escapes that name the halves of one character make that character; a lone half is no character."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
