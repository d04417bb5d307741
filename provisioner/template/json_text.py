"""JSON as ARM takes it: with comments, strings over several lines, names without quotes, a comma before the end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from provisioner.template.template_errors import TemplateError
from provisioner.template.template_facts import limit

_TOKEN = re.compile(
    r"[\s\ufeff]*(?:(?P<comment>//[^\n]*|/\*.*?\*/)"
    r'|(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])"
    r"|(?P<word>true|false|null)(?!\w)"
    r"|(?P<name>[A-Za-z_]\w*)(?=\s*:)"
    r"|(?P<mark>.)|(?P<end>\Z))",
    re.DOTALL,
)
_WORDS = {"true": True, "false": False, "null": None}
Visit = Callable[[list[Any], int, int], None]


def read_json(text: str) -> Any:
    """The value of a text; raises TemplateError with line and column where it is none, too long or too deep."""
    most = limit("template_bytes")
    if len(text) > most or len(text.encode(errors="replace")) > most:
        raise TemplateError("too-large", most=most)
    try:
        value = json.loads(text.lstrip("\ufeff"), strict=False, parse_constant=_no_constant)
    # Strict JSON is read fast; anything else by the reader that says where.
    except (ValueError, RecursionError):
        return scan_json(text)
    if depth_exceeds(value, limit("json_depth")):
        return scan_json(text)
    return value


def scan_json(text: str, visit: Visit | None = None) -> Any:
    """Read without recursion; `visit` gets (path, first offset, offset behind) of each value that is complete."""
    return _Reader(text, visit).read()


def depth_exceeds(value: Any, most: int) -> bool:
    """Whether arrays and objects are nested in more levels than that."""
    level = [value]
    for _ in range(most + 1):
        level = [inner for outer in level for inner in _children(outer)]
        if not level:
            return False
    return True


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Both from 1."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _children(value: Any) -> list[Any]:
    if type(value) is dict:
        return [*value.values()]
    return value if type(value) is list else []


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


class _Reader:
    """One reading; the stack holds each open container with the offset where it starts."""

    def __init__(self, text: str, visit: Visit | None) -> None:
        self.text, self.visit = text, visit
        self.offset = self.start = 0
        self.stack: list[tuple[Any, int]] = []
        self.path: list[Any] = []

    def read(self) -> Any:
        while True:
            kind, word = self.next()
            complete, value = self.value(kind, word)
            while complete:
                if not self.stack:
                    if self.next()[0] != "end":
                        self.fail("Additional text found in JSON string after finishing deserializing object")
                    return value
                complete, value = self.behind(value)

    def value(self, kind: str, word: str) -> tuple[bool, Any]:
        """Begin a value: (whether it is complete, the value)."""
        start = self.start
        if kind == "string":
            return self.done(self.string(word), start)
        if kind == "number":
            return self.done(self.number(word), start)
        if kind == "word":
            return self.done(_WORDS[word], start)
        if word == "{":
            return self.open({}, start)
        if word == "[":
            return self.open([], start)
        return self.fail("Unexpected end of content" if kind == "end" else f"Unexpected character encountered: {word}")

    def number(self, word: str) -> int | float:
        try:
            return float(word) if set(word) & set(".eE") else int(word)
        # Python refuses integers of more than 4,300 digits.
        except ValueError:
            return self.fail("The number is too large")

    def open(self, container: Any, start: int) -> tuple[bool, Any]:
        if len(self.stack) >= limit("json_depth"):
            line, column = line_and_column(self.text, start)
            error = TemplateError("too-deep", most=limit("json_depth")).within(*self.path)
            error.place((), (line, column))
            raise error
        self.stack.append((container, start))
        return self.member(container)

    def member(self, container: Any) -> tuple[bool, Any]:
        """Step to the next member of the innermost container, or close it."""
        mark = self.offset
        kind, word = self.next()
        if word == ("}" if isinstance(container, dict) else "]") and kind == "mark":
            start = self.stack.pop()[1]
            return self.done(container, start)
        if isinstance(container, list):
            self.offset = mark
            self.path.append(len(container))
            return False, None
        # `az` writes the name `template` without quotes before the text of the file, and ARM's parser takes it.
        if kind == "name":
            self.path.append(word)
        elif kind == "string":
            self.path.append(self.string(word))
        else:
            self.fail("Invalid property identifier character" if kind != "end" else "Unexpected end of content")
        if self.next()[1] != ":":
            self.fail("Invalid character after parsing property name, expected ':'")
        return False, None

    def behind(self, value: Any) -> tuple[bool, Any]:
        """Store a complete value in its container and look at what follows it."""
        container = self.stack[-1][0]
        key = self.path.pop()
        if isinstance(container, dict):
            container[key] = value
        else:
            container.append(value)
        kind, word = self.next()
        if kind == "mark" and word == ",":
            return self.member(container)
        if kind == "mark" and word == ("}" if isinstance(container, dict) else "]"):
            start = self.stack.pop()[1]
            return self.done(container, start)
        return self.fail("After parsing a value an unexpected character was encountered: " + (word or "the end"))

    def done(self, value: Any, start: int) -> tuple[bool, Any]:
        if self.visit is not None:
            self.visit(self.path, start, self.offset)
        return True, value

    def string(self, word: str) -> str:
        try:
            value: str = json.loads(word, strict=False)
        except ValueError:
            self.fail("Bad JSON escape sequence")
        return value

    def next(self) -> tuple[str, str]:
        while True:
            match = _TOKEN.match(self.text, self.offset)
            kind = match.lastgroup if match else None
            if match is None or kind is None:
                self.fail("Unexpected character encountered")
            self.start, self.offset = match.start(kind), match.end()
            if kind != "comment":
                return kind, match[kind]

    def fail(self, problem: str) -> NoReturn:
        line, column = line_and_column(self.text, self.start)
        where = f"{problem}. Path '{_dotted(self.path)}', line {line}, position {column}."
        error = TemplateError("json", problem=where).within(*self.path)
        error.place((), (line, column))
        raise error


def _dotted(path: list[Any]) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")
