"""Fixes that rename a table or a stream with every reference to it, in every environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from provisioner.diagnostics import Fix
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
    """One edit for each place, though several paths and several environments may lead to one place."""
    layers = _layers(document)
    if any(new in _mapping(layer.raw.get(section)) for layer in layers):
        return None
    edits = {layer.edit(path, new, at=at): None for layer in layers for path, at in sites(layer.raw, old)}
    return fix(f"rename {old} to {new}", edits)


def _layers(document: Document) -> tuple[Document, ...]:
    """The document, and what the same file is in the other environments: what each lays over may name it too."""
    from provisioner import load

    others = [name for name in (None, *document.environments) if name != document.environment]
    files = load.Files(document.root)
    return (document, *(load.document(document.file, name, files=files) for name in others))


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
