"""Text to tokens: names, literals in all their spellings, operators. Never raises."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioner.kql.values import NANOSECOND_UNITS, TICKS_PER_UNIT

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

# the longest first: of two alternatives that match, a regular expression takes the one that stands first
_UNIT = "|".join(sorted((*TICKS_PER_UNIT, *NANOSECOND_UNITS), key=len, reverse=True))
_TYPED = "|".join(sorted(LITERAL_TYPES, key=len, reverse=True))

_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u2039\u203a\uff07"
_LOOKALIKES = {
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u00d7": "*",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\uff5c": "|",
    "\uff0c": ",",
    "\uff08": "(",
    "\uff09": ")",
}
"""Characters that look like an operator, and the operator."""
TYPOGRAPHIC_SIGNS = f"{_DOUBLE_QUOTES}{_SINGLE_QUOTES}{''.join(_LOOKALIKES)}"
"""All signs that are taken for others, as editors of prose write them."""
_OTHER_LANGUAGES = {"&&": "and"}
"""Operators of other languages, and the word for them."""

_TOKEN = re.compile(
    rf"""
      # a byte order mark is no white space to Python, and editors on Windows write one
      (?P<space>(?:[\s\ufeff]|//[^\n]*)+)
      # before the names: datetime(2026-01-01) is one token, since what stands inside follows no other rule
    | (?P<typed>\b(?:{_TYPED})[ \t\r\n]*\((?:[^()"'\n]*|[ ]*"[^"\n]*"[ ]*|[ ]*'[^'\n]*'[ ]*)\))
    | (?P<string>[hH]?(?:@(?:"(?:[^"]|"")*"|'(?:[^']|'')*')|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
    | (?P<block>[hH]?(?:```[\s\S]*?```|~~~[\s\S]*?~~~))
      # an open quote ends with its line, so that one mistake does not swallow the rest of the text
    | (?P<broken>[hH]?@?["'][^\n]*)
      # the tilde is for in~, the one operator that ends in it and begins as a name does
    | (?P<name>(?:\$table\b|[^\W\d]\w*)~?)
    | (?P<span>\d+(?:\.\d+)?(?:{_UNIT})(?!\w))
    | (?P<hex>0[xX][0-9a-fA-F]+(?!\w))
      # 1. is a real, but in 1..3 the dots are an operator and in 1.x the dot is an access
    | (?P<real>\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+|\.(?![.\w]))(?!\w))
    | (?P<long>\d+(?!\w))
      # what is no number in spite of its first digit, such as 2nd
    | (?P<digits>\d\w*)
      # quotes and signs as word processors and chat programs write them: one mistake, and what is meant is certain
    | (?P<curly>
          [{_DOUBLE_QUOTES}][^"{_DOUBLE_QUOTES}\\\n]*["{_DOUBLE_QUOTES}]
        | [{_SINGLE_QUOTES}][^'{_SINGLE_QUOTES}\\\n]*['{_SINGLE_QUOTES}]
      )
    | (?P<lookalike>[{"".join(_LOOKALIKES)}]|{"|".join(_OTHER_LANGUAGES)})
    | (?P<op>!in~|!~|!=|==|=~|=>|<=|>=|<>|\.\.|!(?=[A-Za-z])[A-Za-z_]+|[-+*/%<>=(){{}}\[\],;:.|])
      # as far as nothing begins that could be a token: one diagnostic for a run of characters
    | (?P<bad>.[^\s\w"'|()\[\]{{}},;]*)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class Token:
    """A piece of text with its kind: name, string, long, real, hex, span (a timespan), typed, op, or end."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class InvalidText:
    """Text that is no token, with what is wrong and, where that is certain, the text that is meant."""

    message: str
    start: int
    end: int
    meant: str | None = None


def tokenize(text: str) -> tuple[list[Token], list[InvalidText]]:
    """The tokens of `text`, closed by one of kind `end`, and the pieces that are no tokens."""
    tokens: list[Token] = []
    invalid: list[InvalidText] = []
    # the pattern has a branch for any character, so that the matches leave no gap
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "space":
            continue
        start, end = match.span()
        if kind in ("curly", "lookalike"):
            token = _as_meant(kind, match.group(), start)
            tokens.append(token)
            invalid.append(InvalidText(_lexical_message(kind, match.group()), start, end, token.text))
            continue
        # all but `bad` stay tokens too, so that the parser does not report what is missing in their place
        if kind in ("broken", "bad", "digits"):
            invalid.append(InvalidText(_lexical_message(kind, match.group()), start, end))
            if kind == "bad":
                continue
        elif kind == "name" and match.group()[-1] == "~" and match.group() != "in~":
            _split_stray_tilde(match.group(), start, tokens, invalid)
            continue
        tokens.append(Token(_TOKEN_KINDS.get(kind, kind), match.group(), start, end))
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens, invalid


_TOKEN_KINDS = {"broken": "string", "block": "string", "digits": "name"}


def _lexical_message(kind: str, text: str) -> str:
    if kind == "broken":
        return "the string is not closed"
    if kind == "digits":
        return f"{text!r} is neither a number nor a name; a name that starts with a digit is written ['{text}']"
    if kind == "curly":
        return f"{text[0]} is not a quote of the language"
    return f"{text[:20]!r} does not belong to the language"


def _as_meant(kind: str, text: str, start: int) -> Token:
    """The token that a text in typographic characters stands for, at its place."""
    end = start + len(text)
    if kind == "lookalike":
        is_word = text in _OTHER_LANGUAGES
        return Token("name" if is_word else "op", (_OTHER_LANGUAGES if is_word else _LOOKALIKES)[text], start, end)
    quote = '"' if text[0] in _DOUBLE_QUOTES else "'"
    return Token("string", f"{quote}{text[1:-1]}{quote}", start, end)


def _split_stray_tilde(text: str, start: int, tokens: list[Token], invalid: list[InvalidText]) -> None:
    """The tokens of a name with a tilde behind it that is not the operator `in~`: the tilde does not belong there."""
    end = start + len(text)
    tokens.append(Token("name", text[:-1], start, end - 1))
    invalid.append(InvalidText("'~' does not belong here", end - 1, end))


def unquote_string(text: str) -> str:
    """The value of a string token: plain, verbatim (@), obfuscated (h) or multi-line."""
    if text[:1] in ("h", "H"):
        text = text[1:]
    if text[:3] in ("```", "~~~") and len(text) >= 6:
        return text[3:-3]
    if text[:1] == "@":
        quote = text[1:2]
        return text[2:].removesuffix(quote).replace(quote * 2, quote)
    body = text[1:-1] if len(text) > 1 and text[-1] == text[0] else text[1:]
    return _join_surrogates(_ESCAPE.sub(_unescape, body)) if "\\" in body else body


_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def _unescape(match: re.Match[str]) -> str:
    escape = match.group(1)
    if escape[0] in "uUx" and len(escape) > 1:
        code = int(escape[1:], 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    if escape[0] in "01234567" and len(escape) > 1:
        return chr(int(escape, 8))
    return _ESCAPES.get(escape, escape)


def _join_surrogates(text: str) -> str:
    """Two escapes that name the halves of one character become that character; a lone half becomes U+FFFD."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
