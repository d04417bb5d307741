"""Entries inserted into the text of a YAML file: all other characters, comments among them, stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import yaml

SCALAR_KEY = "row"
"""What a scalar is called once it shares its place with evidence."""


class Insertion(NamedTuple):
    """`entry`, YAML in one line, as the first item of the list at `keys`; what is missing on the way is made.

    With `list_key` the place is a mapping, and the list stands under that key of it.
    """

    keys: tuple[str | int, ...]
    entry: str
    list_key: str | None = None


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def insert_entries(text: str, insertions: Iterable[Insertion]) -> str:
    """The text with all entries inserted. Raises ValueError where a place cannot hold one."""
    # libyaml's parser is fifty times faster, and absent where PyYAML was built without it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for insertion in insertions:
        # Read again each time: an entry may need what the one before it made.
        root = yaml.compose(text, Loader=loader)
        if root is None:
            raise ValueError("the text holds no entries")
        edit = _edit(root, insertion, text)
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _edit(root: yaml.Node, insertion: Insertion, text: str) -> _Edit:
    node, column = root, 0
    for depth, key in enumerate(insertion.keys):
        child = _child(node, key)
        if child is None:
            return _add_key(node, insertion.keys[depth:], insertion)
        node, column = child
    if isinstance(node, yaml.SequenceNode) and insertion.list_key is None:
        return _add_item(node, insertion.entry)
    if isinstance(node, yaml.MappingNode) and insertion.list_key is not None:
        listed = _child(node, insertion.list_key)
        if listed is not None and isinstance(listed[0], yaml.SequenceNode):
            return _add_item(listed[0], insertion.entry)
        return _add_key(node, (insertion.list_key,), Insertion((), insertion.entry))
    if isinstance(node, yaml.ScalarNode) and insertion.list_key is not None and node.style not in ("|", ">"):
        return _widen_scalar(node, column, insertion, text)
    raise ValueError(f"{' '.join(map(str, insertion.keys))}: no entry can be added there")


def _child(node: yaml.Node, key: str | int) -> tuple[yaml.Node, int] | None:
    """The value under a key, and the column at which the key stands; None where there is none."""
    if isinstance(node, yaml.MappingNode):
        for key_node, value in node.value:
            if key_node.value == str(key):
                return value, key_node.start_mark.column
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key], node.start_mark.column
    return None


def _add_key(node: yaml.Node, keys: Sequence[str | int], insertion: Insertion) -> _Edit:
    """The first of `keys` as a new key of a mapping, with the others and the entry below it."""
    if not isinstance(node, yaml.MappingNode):
        raise ValueError(f"{' '.join(map(str, keys))}: there is no mapping to add it to")
    value = f"[{insertion.entry}]"
    if insertion.list_key is not None:
        value = f"{{{insertion.list_key}: {value}}}"
    for key in reversed(keys[1:]):
        value = f"{{{_key_text(key)}: {value}}}"
    line = f"{_key_text(keys[0])}: {value}"
    start = node.start_mark.index
    if node.flow_style:
        return _Edit(start + 1, start + 1, f"{line}, " if node.value else line)
    # In front of the first key: behind the last one stand comments that belong to what follows.
    return _Edit(start, start, f"{line}\n{' ' * node.start_mark.column}")


def _add_item(node: yaml.SequenceNode, entry: str) -> _Edit:
    start = node.start_mark.index
    if node.flow_style:
        return _Edit(start + 1, start + 1, f"{entry}, " if node.value else entry)
    return _Edit(start, start, f"- {entry}\n{' ' * node.start_mark.column}")


def _widen_scalar(node: yaml.ScalarNode, column: int, insertion: Insertion, text: str) -> _Edit:
    """A scalar becomes a mapping that holds it, and the list beside it."""
    start, end = node.start_mark.index, node.end_mark.index
    # without the space behind the colon, which would end the line
    start = len(text[:start].rstrip(" "))
    indent = " " * (column + 2)
    lines = (f"{SCALAR_KEY}: {text[start:end].strip()}", f"{insertion.list_key}: [{insertion.entry}]")
    return _Edit(start, end, "".join(f"\n{indent}{line}" for line in lines))


def _key_text(key: str | int) -> str:
    text = str(key)
    is_plain = text.replace("_", "").replace("-", "").replace("/", "").replace(" ", "").isalnum()
    return text if is_plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
