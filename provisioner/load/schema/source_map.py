"""From a path in the manifest to the node, the word and the place that the author wrote."""

from __future__ import annotations

from typing import Literal, NamedTuple

from provisioner.diagnostics import Place, Span
from provisioner.load.yaml.nodes import Mapping, Node, Scalar, Sequence
from provisioner.load.yaml.scalar_offsets import locate
from provisioner.load.yaml.source_text import Source

Path = tuple[str | int, ...]


class Found(NamedTuple):
    """What a path leads to. `key` names it, `shared` forbids edits, `rest` is the part that is not there."""

    node: Node
    key: Scalar | None
    shared: bool
    rest: Path


class SourceMap:
    """The merged tree of a manifest, with the contents of files that stand for values (`attached`, by path)."""

    def __init__(self, root: Node, main: Source) -> None:
        self.root = root
        self.main = main
        self.attached: dict[Path, Node] = {}

    def find(self, path: Path) -> Found:
        """Walk as far as the author's text goes."""
        node, key, shared = self.root, None, False
        at = 0
        walked: Path = ()
        while at < len(path):
            step = self._step(path, at, node, key)
            if step is None:
                break
            if step.node is not node:
                walked = (*walked, path[at])
                node, shared = self.attached.get(walked, step.node), shared or step.node.shared
                key = step.key
            at += step.taken
        return Found(node, key, shared, path[at:])

    def _step(self, path: Path, at: int, node: Node, key: Scalar | None) -> _Step | None:
        name = path[at]
        if isinstance(node, Mapping) and isinstance(name, str):
            if name in node.values:
                return _Step(node.values[name], node.keys[name], 1)
            if name == "flows" and path[at - 2 : at - 1] == ("streams",) and path[at + 1 : at + 2] == (0,):
                return _Step(node, key, 2)  # `table:` written in the stream itself is its only flow
        if isinstance(node, Sequence):
            if isinstance(name, int) and 0 <= name < len(node.items):
                return _Step(node.items[name], None, 1)
            if isinstance(name, str) and path[at - 1 : at] == ("expect",):
                return _Step(node, key, 1)  # a list of rows expected is meant for the only table
        if isinstance(node, Scalar) and path[at : at + 2] == ("flows", 0):
            return _Step(node, key, 2)
        if isinstance(node, Scalar) and name in ("type", "table") and node.style != "file":
            return _Step(node, key, 1)  # a bare word stands for a column's type or a stream's table
        return None

    def place(self, path: Path, at: Literal["value", "key"] = "value", span: Span | None = None) -> Place:
        """Where the word stands; a path that is not written leads to the key it should stand under."""
        found = self.find(path)
        if found.rest or at == "key":
            return self._key(found)
        node = self.word(path, found.node)
        if span is not None and isinstance(node, Scalar):
            start, end = locate(node, span)
            return node.source.place(start, end)
        return outline(node)

    @staticmethod
    def word(path: Path, node: Node) -> Node:
        """What a value's word is: of a column that is written as a mapping, its type."""
        if path[-2:-1] == ("columns",) and isinstance(node, Mapping):
            return node.values.get("type", node)
        return node

    def _key(self, found: Found) -> Place:
        if found.key is not None:
            return found.key.source.place(found.key.start, found.key.end)
        if found.node is not self.root:
            return outline(found.node)
        if isinstance(self.root, Mapping) and self.root.keys:
            first = next(iter(self.root.keys.values()))
            return first.source.place(first.start, first.end)
        return self.main.place(0, 0)


class _Step(NamedTuple):
    node: Node
    key: Scalar | None
    taken: int


def outline(node: Node) -> Place:
    """The place of a value: a scalar's characters, or the first line of anything longer."""
    source = node.source
    start = node.start
    return source.place(start, max(start, min(node.end, source.line_end(start))))
