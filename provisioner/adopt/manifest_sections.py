"""Writes the sections `tables`, `streams` and `dcrs` from resource bodies, for both kinds of import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.adopt.body_types import RemovedValue
from provisioner.adopt.codes import NO_MANIFEST_KEY, UNDEFINED_TABLE, UNRESOLVED_VALUE
from provisioner.adopt.dcr_import import column_types, stream_fields
from provisioner.adopt.manifest_draft import ManifestDraft, escape_variables
from provisioner.adopt.output_casts import output_types
from provisioner.adopt.stream_completion import stream_with_casts, stream_with_columns
from provisioner.adopt.table_import import MIGRATE_FIRST, is_classic
from provisioner.diagnostics import Place
from provisioner.load.builders.endpoint_mode import default_endpoint_mode
from provisioner.model import CUSTOM_SUFFIX, Endpoint, EndpointMode
from provisioner.resources import Body
from provisioner.resources import dcr_resource as rule_page
from provisioner.resources import table_resource as table_page
from provisioner.resources.flatten import ManifestFragment


@dataclass(frozen=True, slots=True)
class ImportedResource:
    """A table or a DCR to import: its resolved body, its source position, and the values that were removed from it."""

    name: str
    body: Body
    position: Place | None = None
    removed_values: tuple[RemovedValue, ...] = ()
    endpoint: EndpointMode = "shared"


def add_tables(draft: ManifestDraft, items: Iterable[ImportedResource]) -> None:
    """Write the section `tables`."""
    for item in items:
        draft.position = item.position
        flat = table_page.flatten(item.body, item.name)
        path = ("tables", item.name)
        if is_classic(item.body):
            fields: Mapping[str, Any] = {"existing": True, "columns": flat.fields.get("columns", {})}
            draft.add_comment(path, f"Taken as existing: {MIGRATE_FIRST}")
            message = f"table {item.name} is taken as existing: {MIGRATE_FIRST}, then take `existing` away"
            draft.add_diagnostic(NO_MANIFEST_KEY, "warning", message)
        else:
            fields = flat.fields
        if fields:
            draft.section("tables")[item.name] = fields
        _add_remarks(draft, path if flat.fields else (), f"table {item.name}", flat, item)


def add_dcrs(draft: ManifestDraft, items: Iterable[ImportedResource]) -> None:
    """Write the sections `streams` and `dcrs`, and entries for tables that flows name and the source lacks."""
    # All tables first: how briefly a stream can be written depends on its table's columns.
    flats = [(item, rule_page.flatten(item.body)) for item in items]
    for item, flat in flats:
        draft.position = item.position
        for stream in flat.fields["streams"].values():
            for flow in stream["flows"]:
                _add_missing_table(draft, item, flow["table"], flow["transform"], stream.get("columns") or {})
    default_mode = _default_endpoint_mode(draft)
    for item, flat in flats:
        draft.position = item.position
        keys = [_add_stream(draft, item, name, stream) for name, stream in flat.fields["streams"].items()]
        fields: dict[str, Any] = {"streams": [escape_variables(key) for key in keys if key is not None]}
        fields |= {key: flat.fields[key] for key in ("description", "identity") if key in flat.fields}
        if item.endpoint != default_mode:
            fields["endpoint"] = item.endpoint
        draft.section("dcrs")[item.name] = fields
        _add_remarks(draft, ("dcrs", item.name), f"dcr {item.name}", flat, item)


def _default_endpoint_mode(draft: ManifestDraft) -> EndpointMode:
    """The mode of a rule for which the manifest says none."""
    written = draft.fields.get("endpoint")
    location = draft.fields["target"]["location"]
    access = str((written or {}).get("public_access", "enabled"))
    endpoint = Endpoint(str(written.get("name", "")), location, access) if written else None
    return default_endpoint_mode(endpoint, draft.fields["target"].get("cloud", "public"))


def _add_remarks(
    draft: ManifestDraft, path: tuple[str, ...], subject: str, flat: ManifestFragment, item: ImportedResource
) -> None:
    draft.add_remarks(path, subject, flat.remarks)
    for removed in item.removed_values:
        draft.add_comment(path, f"Not known: {removed.path} = {removed.text}")
        draft.add_diagnostic(
            UNRESOLVED_VALUE, "warning", f"{subject}: {removed.path} is left out: {removed.text} {removed.reason}"
        )


def _add_stream(draft: ManifestDraft, item: ImportedResource, name: str, flat_stream: Mapping[str, Any]) -> str | None:
    """Write a stream and return its key in the manifest; None for one that leads to no table.

    Two DCRs that declare the same stream share its entry; a stream that differs gets a key of its own.
    """
    if not flat_stream["flows"]:
        shape = ", ".join(f"{column}: {type_}" for column, type_ in (flat_stream.get("columns") or {}).items())
        draft.add_comment(("dcrs", item.name), f"The stream {name} leads to no table; its columns: {{{shape}}}")
        draft.add_diagnostic(
            UNRESOLVED_VALUE, "warning", f"dcr {item.name}: the stream {name} leads to no table and is left out"
        )
        return None
    streams = draft.section("streams")
    completed = stream_with_columns(draft, item.name, name, flat_stream)
    if not draft.live:
        completed = stream_with_casts(draft, item.name, item.body, name, completed)
    fields = stream_fields(completed, draft.fields.get("tables", {}))
    # The stream's own name is the key that readers expect; the second one is only for another stream of that name.
    renamed = {"stream": escape_variables(name), **_as_mapping(fields)}
    for key, other in ((name, fields), (f"{name}-{item.name}", renamed)):
        if streams.setdefault(key, other) == other:
            return key
    raise AssertionError(f"{item.name} holds the stream {name} twice")  # a JSON object has each key once


def _as_mapping(stream: Any) -> dict[str, Any]:
    return {"table": stream} if isinstance(stream, str) else stream


def _add_missing_table(
    draft: ManifestDraft, item: ImportedResource, table: str, transform: str, columns: Mapping[str, str]
) -> None:
    """Add an entry for a custom table that a flow names and the source does not define."""
    section = draft.section("tables")
    if table in section or not table.endswith(CUSTOM_SUFFIX):
        return
    columns_to_write = {} if draft.live else output_types(transform, column_types(columns))
    section[table] = {"columns": columns_to_write} if columns_to_write else {"existing": True}
    how = "made from what the transform writes" if columns_to_write else "taken to exist, its columns unknown"
    draft.add_comment(("tables", table), f"Not in the source; {how}")
    draft.add_diagnostic(
        UNDEFINED_TABLE, "warning", f"dcr {item.name} writes to {table}, which the source does not define: {how}"
    )
