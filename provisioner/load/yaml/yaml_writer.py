"""A manifest's values as YAML text, laid out as people write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.text import escape_invisible

Path = tuple[str | int, ...]
_WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z_/.$](?:[\w ./()$+=<>*\-]*[\w./()$+=<>*\-])?")
_RESERVED_PLAIN_TEXTS = frozenset(
    ("null", "true", "false", "yes", "no", "on", "off", "y", "n", "none", "~")
)  # of YAML 1.1 and 1.2
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[-+]?(\.inf|\.nan|[0-9.][0-9a-fA-FxXoO_.:eE+-]*)", re.IGNORECASE)


def dump_yaml(mapping: Mapping[str, Any], comments: Mapping[Path, str] | None = None) -> str:
    """The text of a mapping; `comments` go above the key or item at their path, the one at `()` to the top.

    Texts of many lines become block scalars, small leaf mappings and lists stand on one line, long sections apart.
    Every scalar reads the same under the rules of YAML 1.1 and 1.2, since readers of either exist. A comment at a
    path that does not exist goes to the end.
    """
    writer = _YamlWriter(dict(comments or {}))
    lines = [*writer.comment((), 0), *(writer.sections(mapping) if mapping else ["{}"])]
    unplaced = [line for path in list(writer.comments) for line in writer.comment(path, 0)]
    return "\n".join([*lines, *([""] if unplaced else []), *unplaced]) + "\n"


def dump_scalar(value: Any) -> str:
    """One scalar on one line, quoted where a reader of YAML 1.1 or 1.2 would take it for another type."""
    if isinstance(value, float):
        # YAML 1.1 takes an exponent only after a decimal point.
        return re.sub(r"^(-?\d+)(e|$)", r"\1.0\2", repr(value))
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and value.lower() not in _RESERVED_PLAIN_TEXTS and not _NUMBER.fullmatch(value)
    # A GUID matches _NUMBER, and is a number in neither version.
    return value if plain or _GUID.fullmatch(value) else _quoted(value)


class _YamlWriter:
    def __init__(self, comments: dict[Path, str]) -> None:
        self.comments = comments
        self.commented_parents = {path[:length] for path in comments for length in range(len(path))}

    def comment(self, path: Path, indent: int) -> Iterator[str]:
        # Popped: what is left at the end belongs to paths that do not exist.
        for line in self.comments.pop(path, "").splitlines():
            yield f"{' ' * indent}# {''.join(char if _printable(char) else '?' for char in line)}".rstrip()

    def sections(self, mapping: Mapping[str, Any]) -> Iterator[str]:
        """The top level: an empty line before and after each section of several lines."""
        is_multiline = False
        for index, (key, value) in enumerate(mapping.items()):
            lines = [*self.block({key: value}, (), 0)]
            if index and (is_multiline or len(lines) > 1):
                yield ""
            yield from lines
            is_multiline = len(lines) > 1

    def block(self, value: Mapping[str, Any] | list[Any], path: Path, indent: int) -> Iterator[str]:
        """A mapping or list over several lines."""
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, inner in items:
            yield from self.comment((*path, key), indent)
            head = f"{' ' * indent}{dump_scalar(key)}:" if isinstance(value, Mapping) else f"{' ' * indent}-"
            yield from self.entry(head, inner, (*path, key), indent)

    def entry(self, head: str, value: Any, path: Path, indent: int) -> Iterator[str]:
        if isinstance(value, str) and _fits_block_scalar(value):
            yield f"{head} |" + ("" if value.endswith("\n") else "-")
            yield from (f"{' ' * (indent + 2)}{line}".rstrip(" ") for line in value.removesuffix("\n").split("\n"))
        elif not isinstance(value, (Mapping, list)) or not value or self.fits(head, value, path):
            yield f"{head} {_flow_style(value)}"
        else:
            first, *rest = self.block(value, path, indent + 2)
            joined = head.endswith("-") and isinstance(value, Mapping) and not first.lstrip().startswith("#")
            yield from [f"{head} {first.lstrip()}"] if joined else [head, first]
            yield from rest

    def fits(self, head: str, value: Any, path: Path) -> bool:
        """Whether a mapping or list goes on one line: it is small and shallow, and no comment belongs inside."""
        if len(path) < 2 and path not in (("target",), ("workspace",), ("endpoint",)):
            return False
        has_block = any(isinstance(inner, str) and _fits_block_scalar(inner) for inner in _leaves(value))
        is_shallow = _depth(value) <= (3 if isinstance(value, list) else 1) or _is_single_list(value)
        return (
            path not in self.commented_parents
            and not has_block
            and is_shallow
            and len(head) + 1 + len(_flow_style(value)) <= _WIDTH
        )


def _flow_style(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_inner(key)}: {_flow_inner(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow_inner(inner) for inner in value) + "]"
    return dump_scalar(value)


def _flow_inner(value: Any) -> str:
    return _flow_style(value) if isinstance(value, (Mapping, list)) else _inner(value)


def _inner(value: Any) -> str:
    """A scalar inside brackets: `_PLAIN` allows no comma and no bracket, so it needs no other quotes there."""
    return dump_scalar(value)


def _quoted(text: str) -> str:
    """The text in double quotes with JSON's escapes, a subset of YAML's, and those that YAML needs besides."""
    return "".join(char if _printable(char) else _escape(char) for char in json.dumps(text, ensure_ascii=False))


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _printable(char: str) -> bool:
    """Whether YAML takes the character unescaped and people see it."""
    # The invisible ones include all that YAML refuses: a tab and a line feed are the writer's own affair.
    return char >= " " and escape_invisible(char) == char


def _fits_block_scalar(text: str) -> bool:
    """Whether a block scalar reads back as exactly this text: several lines, no trailing blanks, no indented start."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and not text.endswith("\n\n")
        and lines[0] != ""
        and not lines[0].startswith(" ")
        and all(line == line.rstrip(" ") and all(_printable(char) or char == "\t" for char in line) for line in lines)
        and not any(line.startswith("\t") for line in lines)
    )


def _is_single_list(value: Any) -> bool:
    """Whether it is a mapping of one list of scalars: `{streams: [a, b]}`."""
    values = [*value.values()] if isinstance(value, Mapping) else []
    return len(values) == 1 and isinstance(values[0], list) and _depth(values[0]) == 1


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
