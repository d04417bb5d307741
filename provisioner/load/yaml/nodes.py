"""The tree of a YAML text: values that know the characters they were written with."""

from __future__ import annotations

from typing import Any

from provisioner.load.yaml.source_text import Source


class Node:
    """One value of the text. `shared`: an alias, or an anchor that an alias repeats, so no place for an edit."""

    __slots__ = ("end", "shared", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.shared = False

    def plain(self) -> Any:
        """The value as plain Python data."""
        raise NotImplementedError


class Scalar(Node):
    """A text, number, flag or null. `text` is what was written, `style` its quote, `|` or `>`, "" or "file"."""

    __slots__ = ("style", "text", "value")

    def __init__(self, source: Source, start: int, end: int, text: str, *, value: Any, style: str) -> None:
        super().__init__(source, start, end)
        self.text = text
        self.value = value
        self.style = style

    def plain(self) -> Any:
        """The value: str, int, float, bool or None."""
        return self.value


class Mapping(Node):
    """Keys in order. `keys` holds the scalars that name the values, for their positions."""

    __slots__ = ("flow", "keys", "values")

    def __init__(self, source: Source, start: int, end: int, *, flow: bool = False) -> None:
        super().__init__(source, start, end)
        self.keys: dict[str, Scalar] = {}
        self.values: dict[str, Node] = {}
        self.flow = flow

    def plain(self) -> dict[str, Any]:
        """The value as a dictionary."""
        return {key: value.plain() for key, value in self.values.items()}

    def copy(self) -> Mapping:
        """Another mapping with the same entries, at the same place."""
        made = Mapping(self.source, self.start, self.end, flow=self.flow)
        made.keys, made.values, made.shared = dict(self.keys), dict(self.values), self.shared
        return made

    def put(self, key: str, name: Scalar, value: Node) -> None:
        """Set an entry together with the scalar that names it."""
        self.keys[key] = name
        self.values[key] = value

    def drop(self, key: str) -> None:
        """Remove an entry, if it is there."""
        self.keys.pop(key, None)
        self.values.pop(key, None)


class Sequence(Node):
    """Items in order."""

    __slots__ = ("flow", "items")

    def __init__(self, source: Source, start: int, end: int, *, flow: bool = False) -> None:
        super().__init__(source, start, end)
        self.items: list[Node] = []
        self.flow = flow

    def plain(self) -> list[Any]:
        """The value as a list."""
        return [item.plain() for item in self.items]


def repeat(node: Node, start: int, end: int) -> Node:
    """The node as an alias repeats it: the same content, standing where the alias stands."""
    made: Node
    if isinstance(node, Scalar):
        made = Scalar(node.source, start, end, node.text, value=node.value, style="*")
    elif isinstance(node, Mapping):
        made = Mapping(node.source, start, end)
        made.keys, made.values = node.keys, node.values
    else:
        assert isinstance(node, Sequence)
        made = Sequence(node.source, start, end)
        made.items = node.items
    made.shared = node.shared = True
    return made


def describe(node: Node) -> str:
    """What a value is, in words for a message."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    assert isinstance(node, Scalar)
    match node.value:
        case None:
            return "null"
        case bool():
            return f"the flag {node.text}"
        case int() | float():
            return f"the number {node.text}"
    return f"the text {_short(node.value)}"


def _short(text: str) -> str:
    return repr(text) if len(text) <= 40 else repr(text[:37] + "...")
