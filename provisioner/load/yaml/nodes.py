"""The tree of a YAML text: values that know the characters they were written with."""

from __future__ import annotations

from typing import Any

from provisioner.load.yaml.source_text import SourceText


class Node:
    """One value of the text: the characters `start` to `end` of `source`.

    `shared`: an alias, or an anchor that an alias repeats. It is never edited, since an edit would change both.
    """

    # Slots: a large manifest has a hundred thousand nodes.
    __slots__ = ("end", "shared", "source", "start")

    def __init__(self, source: SourceText, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.shared = False

    def plain(self) -> Any:
        """The value as plain Python data."""
        raise NotImplementedError


class ScalarNode(Node):
    """A text, number, flag or null. `text` is the scalar without quotes, `value` what it means.

    `style` is its quote, `|` or `>`, "" for none, "*" for an alias, "file" for the content of a whole file.
    """

    __slots__ = ("style", "text", "value")

    def __init__(self, source: SourceText, start: int, end: int, text: str, *, value: Any, style: str) -> None:
        super().__init__(source, start, end)
        self.text = text
        self.value = value
        self.style = style

    def plain(self) -> Any:
        """The value: str, int, float, bool or None."""
        return self.value


class MappingNode(Node):
    """Keys in order. `keys` holds the scalars that name the values, for their positions; `flow`: written in braces."""

    __slots__ = ("flow", "keys", "values")

    def __init__(self, source: SourceText, start: int, end: int, *, flow: bool = False) -> None:
        super().__init__(source, start, end)
        self.keys: dict[str, ScalarNode] = {}
        self.values: dict[str, Node] = {}
        self.flow = flow

    def plain(self) -> dict[str, Any]:
        """The value as a dictionary."""
        return {key: value.plain() for key, value in self.values.items()}

    def copy(self) -> MappingNode:
        """Another mapping with the same entries and position."""
        copied = MappingNode(self.source, self.start, self.end, flow=self.flow)
        copied.keys, copied.values, copied.shared = dict(self.keys), dict(self.values), self.shared
        return copied

    def set_entry(self, key: str, name: ScalarNode, value: Node) -> None:
        """Set an entry together with the scalar that names it."""
        self.keys[key] = name
        self.values[key] = value

    def remove(self, key: str) -> None:
        """Remove an entry, if it is there."""
        self.keys.pop(key, None)
        self.values.pop(key, None)


class SequenceNode(Node):
    """Items in order; `flow`: written in brackets."""

    __slots__ = ("flow", "items")

    def __init__(self, source: SourceText, start: int, end: int, *, flow: bool = False) -> None:
        super().__init__(source, start, end)
        self.items: list[Node] = []
        self.flow = flow

    def plain(self) -> list[Any]:
        """The value as a list."""
        return [item.plain() for item in self.items]


def alias_node(node: Node, start: int, end: int) -> Node:
    """The node as an alias repeats it: the same content at the alias's position. Both become `shared`."""
    alias: Node
    if isinstance(node, ScalarNode):
        alias = ScalarNode(node.source, start, end, node.text, value=node.value, style="*")
    elif isinstance(node, MappingNode):
        # The dictionaries are shared, not copied: aliases may repeat 100,000 values.
        alias = MappingNode(node.source, start, end)
        alias.keys, alias.values = node.keys, node.values
    else:
        assert isinstance(node, SequenceNode)
        alias = SequenceNode(node.source, start, end)
        alias.items = node.items
    alias.shared = node.shared = True
    return alias


def is_null(node: Node) -> bool:
    """Whether the node is a null: written out, `~`, or nothing behind its key."""
    return isinstance(node, ScalarNode) and node.value is None


def describe_node(node: Node) -> str:
    """A value's type and, for a scalar, its text, in words for a message."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    assert isinstance(node, ScalarNode)
    match node.value:
        case None:
            return "null"
        case bool():
            return f"the flag {node.text}"
        case int() | float():
            return f"the number {node.text}"
    return f"the text {_abbreviated(node.value)}"


def _abbreviated(text: str) -> str:
    return repr(text) if len(text) <= 40 else repr(text[:37] + "...")
