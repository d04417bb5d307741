"""Fixes that rename a table or a stream with every reference to it, in every environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from provisioner.diagnostics import Edit, Fix
from provisioner.load.edits import replace
from provisioner.load.nodes import Mapping as Tree
from provisioner.load.nodes import Node
from provisioner.validate.context import Path, fix

if TYPE_CHECKING:
    from provisioner.load import Document


Site = tuple[Path, Literal["key", "value"]]
Sites = Callable[[Any, str], Iterator[Site]]


def rename_table(document: Document, old: str, new: str) -> Fix | None:
    """A table's key, the flows that lead to it, and the expectations of tests. None where one cannot be edited."""
    return _rename(document, "tables", old, new, _table_sites)


def rename_stream(document: Document, old: str, new: str) -> Fix | None:
    """A stream's key and the DCRs that hold it. None where one cannot be edited."""
    return _rename(document, "streams", old, new, _stream_sites)


def _rename(document: Document, section: str, old: str, new: str, sites: Sites) -> Fix | None:
    """One edit for each place, in the manifest and in what every environment lays over it."""
    layers = [node for node in _overlays(document) if isinstance(node, Tree)]
    if any(new in _mapping(_mapping(raw).get(section)) for raw in (document.raw, *(node.plain() for node in layers))):
        return None
    edits = [document.edit(path, new, at=at) for path, at in sites(document.raw, old)]
    edits += [_edit(node, path, new, at) for node in layers for path, at in sites(node.plain(), old)]
    return fix(f"rename {old} to {new}", dict.fromkeys(edits))


def _overlays(document: Document) -> tuple[Node, ...]:
    """What the author wrote under `environments`; only the main file may."""
    from provisioner.load import Files

    tree, _ = Files(document.root).tree(document.file.resolve())
    section = tree.values.get("environments") if isinstance(tree, Tree) else None
    return tuple(section.values.values()) if isinstance(section, Tree) else ()


def _edit(node: Node, path: Path, text: str, at: Literal["key", "value"]) -> Edit | None:
    """The word that a path inside an overlay leads to, replaced."""
    key, shared = None, node.shared
    for step in path:
        key = node.keys[str(step)] if isinstance(node, Tree) else None
        node = node.values[str(step)] if isinstance(node, Tree) else node.items[int(step)]  # type: ignore[attr-defined]
        shared = shared or node.shared
    word = key if at == "key" else node
    return None if shared or word is None else replace(word, text)


def _table_sites(raw: Any, table: str) -> Iterator[Site]:
    if table in _mapping(raw.get("tables")):
        yield ("tables", table), "key"
    for key, stream in _mapping(raw.get("streams")).items():
        if stream == table:
            yield ("streams", key), "value"
        yield from _flow_sites(("streams", key), _mapping(stream), table)


def _flow_sites(path: Path, stream: Mapping[str, Any], table: str) -> Iterator[Site]:
    if stream.get("table") == table:
        yield (*path, "table"), "value"
    for index, flow in enumerate(_list(stream.get("flows"))):
        if _mapping(flow).get("table") == table:
            yield (*path, "flows", index, "table"), "value"
    for index, test in enumerate(_list(stream.get("tests"))):
        if table in _mapping(_mapping(test).get("expect")):
            yield (*path, "tests", index, "expect", table), "key"


def _stream_sites(raw: Any, stream: str) -> Iterator[Site]:
    if stream in _mapping(raw.get("streams")):
        yield ("streams", stream), "key"
    for name, dcr in _mapping(raw.get("dcrs")).items():
        for index, held in enumerate(_list(_mapping(dcr).get("streams"))):
            if held == stream:
                yield ("dcrs", name, "streams", index), "value"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
