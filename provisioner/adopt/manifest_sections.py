"""Flattened resources put together as one manifest; the same for live resources and for files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from provisioner import kql
from provisioner.adopt.body_types import Cut
from provisioner.adopt.codes import UNDEFINED, UNRESOLVED
from provisioner.adopt.dcr_import import stream_words
from provisioner.adopt.manifest_draft import Draft
from provisioner.diagnostics import Place
from provisioner.model import CUSTOM_SUFFIX, column_type
from provisioner.resources import Body
from provisioner.resources import dcr_resource as rule_page
from provisioner.resources import table_resource as table_page
from provisioner.resources.flatten import Flat


@dataclass(frozen=True, slots=True)
class Item:
    """A table or a rule to be said: its body without holes, where it was read, and the texts that were cut out."""

    name: str
    body: Body
    place: Place | None = None
    cut: tuple[Cut, ...] = ()
    endpoint: Literal["shared", "direct"] = "shared"


def tables(draft: Draft, items: Iterable[Item]) -> None:
    """Write the section `tables`."""
    for item in items:
        draft.place = item.place
        flat = table_page.flatten(item.body, item.name)
        path = ("tables", item.name)
        if flat.words:
            draft.section("tables")[item.name] = flat.words
        _remarks(draft, path if flat.words else (), f"table {item.name}", flat, item)


def rules(draft: Draft, items: Iterable[Item]) -> None:
    """Write the sections `streams` and `dcrs`, and tables that flows name and nobody has defined."""
    flats = [(item, rule_page.flatten(item.body)) for item in items]
    for item, flat in flats:
        draft.place = item.place
        for stream in flat.words["streams"].values():
            for flow in stream["flows"]:
                _define(draft, item, flow["table"], flow["transform"], stream.get("columns") or {})
    for item, flat in flats:
        draft.place = item.place
        keys = [_stream(draft, item, name, found) for name, found in flat.words["streams"].items()]
        words: dict[str, Any] = {"streams": [key for key in keys if key is not None]}
        if "description" in flat.words:
            words["description"] = flat.words["description"]
        if item.endpoint == "direct" and "endpoint" in draft.words:
            words["endpoint"] = "direct"
        draft.section("dcrs")[item.name] = words
        _remarks(draft, ("dcrs", item.name), f"dcr {item.name}", flat, item)


def _remarks(draft: Draft, path: tuple[str, ...], subject: str, flat: Flat, item: Item) -> None:
    draft.remark(path, subject, flat.remarks)
    for each in item.cut:
        draft.note(path, f"Not known: {each.path} = {each.text}")
        draft.tell(UNRESOLVED, "warning", f"{subject}: {each.path} is left out: {each.text} {each.why}")


def _stream(draft: Draft, item: Item, name: str, found: Mapping[str, Any]) -> str | None:
    """Write one stream and give its key; two rules with the same stream share it, or it gets a key of its own."""
    if not found["flows"]:
        shape = ", ".join(f"{column}: {type_}" for column, type_ in (found.get("columns") or {}).items())
        draft.note(("dcrs", item.name), f"The stream {name} leads to no table; its columns: {{{shape}}}")
        draft.tell(UNRESOLVED, "warning", f"dcr {item.name}: the stream {name} leads to no table and is left out")
        return None
    streams = draft.section("streams")
    words = stream_words(found, draft.words.get("tables", {}))
    for key, other in ((name, words), (f"{name}-{item.name}", {"stream": name, **_long(words)})):
        if streams.setdefault(key, other) == other:
            return key
    raise AssertionError(f"{item.name} holds the stream {name} twice")  # a JSON object has each key once


def _long(words: Any) -> dict[str, Any]:
    return {"table": words} if isinstance(words, str) else words


def _define(draft: Draft, item: Item, table: str, transform: str, columns: Mapping[str, str]) -> None:
    """Make an entry for a custom table that a flow names and the source does not define."""
    section = draft.section("tables")
    if table in section or not table.endswith(CUSTOM_SUFFIX):
        return
    made = {} if draft.live else _written(transform, columns)
    section[table] = {"columns": made} if made else {"existing": True}
    how = "made from what the transform writes" if made else "taken to exist, its columns unknown"
    draft.note(("tables", table), f"Not in the source; {how}")
    draft.tell(UNDEFINED, "warning", f"dcr {item.name} writes to {table}, which the source does not define: {how}")


def _written(transform: str, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that a transform gives, in the manifest's types; none where it cannot be read."""
    spelled = {name: column_type(type_) for name, type_ in columns.items()}
    query, _ = kql.bind(transform, {name: each.kql for name, each in spelled.items() if each})
    found = {name: column_type(type_) for name, type_ in query.columns.items()} if query else {}
    return {name: each.name for name, each in found.items() if each}
