"""Fixes that rename a table or a stream together with every reference to it, in every environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from provisioner.diagnostics import Edit, Fix
from provisioner.load import Document
from provisioner.load.yaml.nodes import MappingNode, Node
from provisioner.load.yaml.text_edits import replace_scalar
from provisioner.validate.context import Context, Path, make_fix

Occurrence = tuple[Path, Literal["key", "value"]]
"""The path at which a layer names a table or stream, and whether the name is the key there or the value."""


def rename_table_fix(context: Context, old: str, new: str) -> Fix | None:
    """A fix of the table's key, of the flows into it and of the tests' expectations; None if one cannot be edited."""
    return _rename_fix(context, "tables", old, new)


def rename_stream_fix(context: Context, old: str, new: str) -> Fix | None:
    """A fix of the stream's key and of the DCRs that list it; None if one cannot be edited."""
    return _rename_fix(context, "streams", old, new)


def _rename_fix(context: Context, section: str, old: str, new: str) -> Fix | None:
    names: NameIndex = context.once(NameIndex)
    if (section, new) in names.occurrences:
        return None
    edits = [names.edit(layer, occurrence, new) for layer, occurrence in names.occurrences.get((section, old), ())]
    # Several paths may lead to one position in the source (an anchor, an include): it is edited once.
    return make_fix(f"rename {old} to {new}", dict.fromkeys(edits))


class NameIndex:
    """All occurrences of table and stream names, in the manifest and in the overlays of its environments."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.layers: tuple[Node, ...] = _overlay_nodes(document)
        self.occurrences: dict[tuple[str, str], list[tuple[Node | None, Occurrence]]] = {}
        self._read(None, document.raw)
        for layer in self.layers:
            self._read(layer, layer.plain())

    def edit(self, layer: Node | None, occurrence: Occurrence, text: str) -> Edit | None:
        """The edit that replaces one occurrence; None where the source cannot be edited there."""
        path, at = occurrence
        return self.document.edit(path, text, at=at) if layer is None else _edit_in_overlay(layer, path, text, at)

    def _read(self, layer: Node | None, raw: Any) -> None:
        for section, occurrences in (
            ("tables", _table_occurrences(_as_mapping(raw))),
            ("streams", _stream_occurrences(_as_mapping(raw))),
        ):
            for name, occurrence in occurrences:
                self.occurrences.setdefault((section, name), []).append((layer, occurrence))


def _overlay_nodes(document: Document) -> tuple[Node, ...]:
    """The overlays under `environments`."""
    # Only the main file may have environments.
    tree = document.main_tree
    section = tree.values.get("environments") if isinstance(tree, MappingNode) else None
    return tuple(section.values.values()) if isinstance(section, MappingNode) else ()


def _edit_in_overlay(node: Node, path: Path, text: str, at: Literal["key", "value"]) -> Edit | None:
    key, shared = None, node.shared
    for step in path:
        key = node.keys[str(step)] if isinstance(node, MappingNode) else None
        node = node.values[str(step)] if isinstance(node, MappingNode) else node.items[int(step)]  # type: ignore[attr-defined]
        shared = shared or node.shared
    target = key if at == "key" else node
    return None if shared or target is None else replace_scalar(target, text)


def _table_occurrences(raw: Mapping[str, Any]) -> Iterator[tuple[str, Occurrence]]:
    for name in _as_mapping(raw.get("tables")):
        yield name, (("tables", name), "key")
    for key, stream in _as_mapping(raw.get("streams")).items():
        if isinstance(stream, str):
            yield stream, (("streams", key), "value")
        yield from _flow_occurrences(("streams", key), _as_mapping(stream))


def _flow_occurrences(path: Path, stream: Mapping[str, Any]) -> Iterator[tuple[str, Occurrence]]:
    if "table" in stream:
        yield str(stream["table"]), ((*path, "table"), "value")
    for index, flow in enumerate(_as_list(stream.get("flows"))):
        if "table" in _as_mapping(flow):
            yield str(flow["table"]), ((*path, "flows", index, "table"), "value")
    for index, test in enumerate(_as_list(stream.get("tests"))):
        for name in _as_mapping(_as_mapping(test).get("expect")):
            yield name, ((*path, "tests", index, "expect", name), "key")


def _stream_occurrences(raw: Mapping[str, Any]) -> Iterator[tuple[str, Occurrence]]:
    for key in _as_mapping(raw.get("streams")):
        yield key, (("streams", key), "key")
    for name, dcr in _as_mapping(raw.get("dcrs")).items():
        for index, listed_stream in enumerate(_as_list(_as_mapping(dcr).get("streams"))):
            yield str(listed_stream), (("dcrs", name, "streams", index), "value")


def _as_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
