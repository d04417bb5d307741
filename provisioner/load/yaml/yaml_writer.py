"""An author's mapping as YAML that people like to read: the way back from values to text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]
_WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z_/.$](?:[\w ./()$+=<>*\-]*[\w./()$+=<>*\-])?")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n", "none", "~"))  # of YAML 1.1 and 1.2
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[-+]?(\.inf|\.nan|[0-9.][0-9a-fA-FxXoO_.:eE+-]*)", re.IGNORECASE)


def dump(mapping: Mapping[str, Any], comments: Mapping[Path, str] | None = None) -> str:
    """The text of a mapping; `comments` stand above the key or item at their path, the one at `()` at the head.

    Texts of many lines become block scalars, small leaf mappings and lists stand on one line, long sections apart.
    Every scalar reads the same under the rules of YAML 1.1 and 1.2. A comment at a path that does not exist stands
    at the end.
    """
    writer = _Writer(dict(comments or {}))
    lines = [*writer.comment((), 0), *(writer.sections(mapping) if mapping else ["{}"])]
    left = [line for path in list(writer.comments) for line in writer.comment(path, 0)]
    return "\n".join([*lines, *([""] if left else []), *left]) + "\n"


def scalar(value: Any) -> str:
    """One scalar on one line, quoted where some reader of YAML would take it for something else."""
    if isinstance(value, float):  # YAML 1.1 takes an exponent only after a point
        return re.sub(r"^(-?\d+)(e|$)", r"\1.0\2", repr(value))
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS and not _NUMBER.fullmatch(value)
    return value if plain or _GUID.fullmatch(value) else _quoted(value)


class _Writer:
    def __init__(self, comments: dict[Path, str]) -> None:
        self.comments = comments
        self.holders = {path[:length] for path in comments for length in range(len(path))}

    def comment(self, path: Path, indent: int) -> Iterator[str]:
        for line in self.comments.pop(path, "").splitlines():
            yield f"{' ' * indent}# {''.join(char if _printable(char) else '?' for char in line)}".rstrip()

    def sections(self, mapping: Mapping[str, Any]) -> Iterator[str]:
        """The top level: an empty line before and after each part of several lines."""
        apart = False
        for index, (key, value) in enumerate(mapping.items()):
            part = [*self.block({key: value}, (), 0)]
            if index and (apart or len(part) > 1):
                yield ""
            yield from part
            apart = len(part) > 1

    def block(self, value: Mapping[str, Any] | list[Any], path: Path, indent: int) -> Iterator[str]:
        """A mapping or list over several lines."""
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, inner in items:
            yield from self.comment((*path, key), indent)
            head = f"{' ' * indent}{scalar(key)}:" if isinstance(value, Mapping) else f"{' ' * indent}-"
            yield from self.entry(head, inner, (*path, key), indent)

    def entry(self, head: str, value: Any, path: Path, indent: int) -> Iterator[str]:
        if isinstance(value, str) and _blockable(value):
            yield f"{head} |" + ("" if value.endswith("\n") else "-")
            yield from (f"{' ' * (indent + 2)}{line}".rstrip(" ") for line in value.removesuffix("\n").split("\n"))
        elif not isinstance(value, (Mapping, list)) or not value or self.fits(head, value, path):
            yield f"{head} {_flow(value)}"
        else:
            first, *rest = self.block(value, path, indent + 2)
            joined = head.endswith("-") and isinstance(value, Mapping) and not first.lstrip().startswith("#")
            yield from [f"{head} {first.lstrip()}"] if joined else [head, first]
            yield from rest

    def fits(self, head: str, value: Any, path: Path) -> bool:
        """Whether it is small, holds no comment and nothing deeper than one more level."""
        if len(path) < 2 and path not in (("target",), ("workspace",), ("endpoint",)):
            return False
        flat = not any(isinstance(inner, str) and _blockable(inner) for inner in _leaves(value))
        shallow = _depth(value) <= (3 if isinstance(value, list) else 1) or _short(value)
        return path not in self.holders and flat and shallow and len(head) + 1 + len(_flow(value)) <= _WIDTH


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_inner(key)}: {_flow_inner(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow_inner(inner) for inner in value) + "]"
    return scalar(value)


def _flow_inner(value: Any) -> str:
    return _flow(value) if isinstance(value, (Mapping, list)) else _inner(value)


def _inner(value: Any) -> str:
    """A scalar inside brackets, where commas and brackets mean something; `_PLAIN` holds none of them."""
    return scalar(value)


def _quoted(text: str) -> str:
    """Double quotes with JSON's escapes, a subset of YAML's; what YAML does not take unescaped is escaped."""
    return "".join(char if _printable(char) else _escape(char) for char in json.dumps(text, ensure_ascii=False))


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _printable(char: str) -> bool:
    """What YAML takes unescaped, without line separators and the byte order mark."""
    code = ord(char)
    if code < 0xD800:
        return (0x20 <= code < 0x7F or code >= 0xA0) and code not in (0x2028, 0x2029)
    return 0xE000 <= code <= 0x10FFFF and code not in (0xFEFF, 0xFFFE, 0xFFFF)


def _blockable(text: str) -> bool:
    """Whether a block scalar says exactly this text: several lines, none with trailing blanks or odd characters."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and not text.endswith("\n\n")
        and lines[0] != ""
        and not lines[0].startswith(" ")
        and all(line == line.rstrip(" ") and all(_printable(char) or char == "\t" for char in line) for line in lines)
        and not any(line.startswith("\t") for line in lines)
    )


def _short(value: Any) -> bool:
    """Whether it is a mapping with one list of plain words in it: `{streams: [a, b]}`."""
    inner = [*value.values()] if isinstance(value, Mapping) else []
    return len(inner) == 1 and isinstance(inner[0], list) and _depth(inner[0]) == 1


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _depth(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + max((_depth(inner) for inner in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((_depth(inner) for inner in value), default=0)
    return 0
