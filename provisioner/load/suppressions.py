"""Comments that silence remarks: `# provisioner: ignore NAM003 reason`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.load.nodes import Mapping, Node, Scalar, Sequence
from provisioner.load.source import Source

_COMMENT = re.compile(r"(?:#|//)[ \t]*provisioner:[ \t]*ignore\b[ \t]*(?P<rest>[^\r\n]*)")
_CODE = re.compile(r"[A-Z]+[0-9]+(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Suppression:
    """On `line` of `file`, remarks with one of `codes` (any, where there are none) are meant to be so: `reason`."""

    file: str
    line: int
    codes: tuple[str, ...]
    reason: str


def suppressions(sources: tuple[Source, ...], root: Node | None) -> tuple[Suppression, ...]:
    """Those of all files. A comment behind a line holds for it, one on a line of its own for the next."""
    return tuple(each for source in sources for each in _of(source, root))


def _of(source: Source, root: Node | None) -> Iterator[Suppression]:
    found = list(_COMMENT.finditer(source.text))
    quoted = _texts(source, root) if found else []
    for match in found:
        slashes = match.group().startswith("/")
        if not slashes and any(start <= match.start() < end for start, end in quoted):
            continue  # part of a text, not a comment
        if slashes and source.path.suffix != ".kql" and not any(s <= match.start() < e for s, e in quoted):
            continue
        codes, reason = _read(match["rest"])
        line = source.position(match.start())[0]
        before = source.text[source.line_start(match.start()) : match.start()]
        yield Suppression(source.name, line if before.strip() else line + 1, codes, reason)


def _read(rest: str) -> tuple[tuple[str, ...], str]:
    codes = []
    words = rest.replace(",", " ").split()
    while words and _CODE.fullmatch(words[0]):
        codes.append(words.pop(0))
    return tuple(codes), " ".join(words)


def _texts(source: Source, root: Node | None) -> list[tuple[int, int]]:
    """Where the texts of a file stand: a `#` inside one starts no comment."""
    found: list[tuple[int, int]] = []
    left = [root] if root is not None else []
    while left:
        node = left.pop()
        if isinstance(node, Scalar):
            if node.source is source and node.style in {"'", '"', "|", ">"}:
                start = source.line_end(node.start) if node.style in {"|", ">"} else node.start
                found.append((start, node.end))
        elif isinstance(node, Mapping):
            left.extend(node.values.values())
        elif isinstance(node, Sequence):
            left.extend(node.items)
    return found
