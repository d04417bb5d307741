"""Fixes that rename a table or a stream with every reference to it, in every environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from provisioner.diagnostics import Edit, Fix
from provisioner.load import Document, Files
from provisioner.load.yaml.nodes import Mapping as Tree
from provisioner.load.yaml.nodes import Node
from provisioner.load.yaml.text_edits import replace
from provisioner.validate.context import Context, Path, fix

Word = tuple[Path, Literal["key", "value"]]
"""Where a name stands in one layer: a path, and which end of it."""


def rename_table(context: Context, old: str, new: str) -> Fix | None:
    """A table's key, the flows that lead to it, and the expectations of tests. None where one cannot be edited."""
    return _rename(context, "tables", old, new)


def rename_stream(context: Context, old: str, new: str) -> Fix | None:
    """A stream's key and the DCRs that hold it. None where one cannot be edited."""
    return _rename(context, "streams", old, new)


def _rename(context: Context, section: str, old: str, new: str) -> Fix | None:
    names: Names = context.proof.once(context.document, Names)
    if (section, new) in names.words:
        return None
    edits = [names.edit(layer, word, new) for layer, word in names.words.get((section, old), ())]
    return fix(f"rename {old} to {new}", dict.fromkeys(edits))  # several paths may lead to one place


class Names:
    """Every word of a document that names a table or a stream, in the manifest and in what environments lay over it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.layers: tuple[Node, ...] = _overlays(document)
        self.words: dict[tuple[str, str], list[tuple[Node | None, Word]]] = {}
        self._read(None, document.raw)
        for layer in self.layers:
            self._read(layer, layer.plain())

    def edit(self, layer: Node | None, word: Word, text: str) -> Edit | None:
        """The word replaced; None where the author's text cannot be edited there."""
        path, at = word
        return self.document.edit(path, text, at=at) if layer is None else _edit(layer, path, text, at)

    def _read(self, layer: Node | None, raw: Any) -> None:
        for section, words in (("tables", _table_words(_mapping(raw))), ("streams", _stream_words(_mapping(raw)))):
            for name, word in words:
                self.words.setdefault((section, name), []).append((layer, word))


def _overlays(document: Document) -> tuple[Node, ...]:
    """What the author wrote under `environments`; only the main file may."""
    tree, _ = Files(document.root).tree(document.file.resolve())
    section = tree.values.get("environments") if isinstance(tree, Tree) else None
    return tuple(section.values.values()) if isinstance(section, Tree) else ()


def _edit(node: Node, path: Path, text: str, at: Literal["key", "value"]) -> Edit | None:
    key, shared = None, node.shared
    for step in path:
        key = node.keys[str(step)] if isinstance(node, Tree) else None
        node = node.values[str(step)] if isinstance(node, Tree) else node.items[int(step)]  # type: ignore[attr-defined]
        shared = shared or node.shared
    word = key if at == "key" else node
    return None if shared or word is None else replace(word, text)


def _table_words(raw: Mapping[str, Any]) -> Iterator[tuple[str, Word]]:
    for name in _mapping(raw.get("tables")):
        yield name, (("tables", name), "key")
    for key, stream in _mapping(raw.get("streams")).items():
        if isinstance(stream, str):
            yield stream, (("streams", key), "value")
        yield from _flow_words(("streams", key), _mapping(stream))


def _flow_words(path: Path, stream: Mapping[str, Any]) -> Iterator[tuple[str, Word]]:
    if "table" in stream:
        yield str(stream["table"]), ((*path, "table"), "value")
    for index, flow in enumerate(_list(stream.get("flows"))):
        if "table" in _mapping(flow):
            yield str(flow["table"]), ((*path, "flows", index, "table"), "value")
    for index, test in enumerate(_list(stream.get("tests"))):
        for name in _mapping(_mapping(test).get("expect")):
            yield name, ((*path, "tests", index, "expect", name), "key")


def _stream_words(raw: Mapping[str, Any]) -> Iterator[tuple[str, Word]]:
    for key in _mapping(raw.get("streams")):
        yield key, (("streams", key), "key")
    for name, dcr in _mapping(raw.get("dcrs")).items():
        for index, held in enumerate(_list(_mapping(dcr).get("streams"))):
            yield str(held), (("dcrs", name, "streams", index), "value")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
