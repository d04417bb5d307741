"""From a path in the manifest to the node that the author wrote, and to its position."""

from __future__ import annotations

from typing import Literal, NamedTuple

from provisioner.diagnostics import Place, Span
from provisioner.load.yaml.node_diagnostics import node_place
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from provisioner.load.yaml.scalar_offsets import source_range
from provisioner.load.yaml.source_text import SourceText

Path = tuple[str | int, ...]


class PathMatch(NamedTuple):
    """The node that a path leads to, or the last one on its way that is written.

    `key` is the scalar that names the node, `shared` forbids edits, `rest` is the part of the path that is not written.
    """

    node: Node
    key: ScalarNode | None
    shared: bool
    rest: Path


class SourceMap:
    """The merged tree of a manifest; `file_contents` are the trees of files that stand for values, by their path."""

    def __init__(self, root: Node, main: SourceText) -> None:
        self.root = root
        self.main = main
        self.file_contents: dict[Path, Node] = {}

    def lookup(self, path: Path) -> PathMatch:
        """Follow a path as far as the author's text goes; shorthands count as what they stand for."""
        node, key, shared = self.root, None, False
        index = 0
        walked: Path = ()
        while index < len(path):
            step = self._step(path, index, node, key)
            if step is None:
                break
            if step.node is not node:
                walked = (*walked, path[index])
                # Where a file stands for the value, the walk goes on in the file.
                node, shared = self.file_contents.get(walked, step.node), shared or step.node.shared
                key = step.key
            index += step.length
        return PathMatch(node, key, shared, path[index:])

    def _step(self, path: Path, index: int, node: Node, key: ScalarNode | None) -> _Step | None:
        """From `node` to the node of `path[index]`; None where that is not written."""
        name = path[index]
        if isinstance(node, MappingNode) and isinstance(name, str):
            if name in node.values:
                return _Step(node.values[name], node.keys[name], 1)
            if name == "flows" and path[index - 2 : index - 1] == ("streams",) and path[index + 1 : index + 2] == (0,):
                # `table:` in the stream itself is its only flow.
                return _Step(node, key, 2)
        if isinstance(node, SequenceNode):
            if isinstance(name, int) and 0 <= name < len(node.items):
                return _Step(node.items[name], None, 1)
            if isinstance(name, str) and path[index - 1 : index] == ("expect",):
                # Expected rows without a table are those of the only one.
                return _Step(node, key, 1)
        if isinstance(node, ScalarNode) and path[index : index + 2] == ("flows", 0):
            return _Step(node, key, 2)
        if isinstance(node, ScalarNode) and name in ("type", "table") and node.style != "file":
            # A scalar stands for a column's type or a stream's table.
            return _Step(node, key, 1)
        return None

    def place(self, path: Path, at: Literal["value", "key"] = "value", span: Span | None = None) -> Place:
        """The position of a value, of its characters `span`, or of its key.

        A path that is not written has the position of the key that it belongs under.
        """
        match = self.lookup(path)
        if match.rest or at == "key":
            return self._key_place(match)
        node = self.value_node(path, match.node)
        if span is not None and isinstance(node, ScalarNode):
            start, end = source_range(node, span)
            return node.source.place(start, end)
        return node_place(node)

    @staticmethod
    def value_node(path: Path, node: Node) -> Node:
        """The node of the value itself: of a column that is written as a mapping, its type."""
        # Diagnostics about a column are about its type, in either way of writing it.
        if path[-2:-1] == ("columns",) and isinstance(node, MappingNode):
            return node.values.get("type", node)
        return node

    def _key_place(self, match: PathMatch) -> Place:
        if match.key is not None:
            return match.key.source.place(match.key.start, match.key.end)
        if match.node is not self.root:
            return node_place(match.node)
        if isinstance(self.root, MappingNode) and self.root.keys:
            first = next(iter(self.root.keys.values()))
            return first.source.place(first.start, first.end)
        return self.main.place(0, 0)


class _Step(NamedTuple):
    node: Node
    key: ScalarNode | None
    length: int
