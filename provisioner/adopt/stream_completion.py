"""Completes a stream that an import read: columns that the source does not declare, and casts that its table needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.adopt.codes import OTHER_SPELLING, PLACEHOLDER_USED, UNRESOLVED_VALUE
from provisioner.adopt.dcr_import import column_types, sent_type
from provisioner.adopt.manifest_draft import ManifestDraft
from provisioner.adopt.output_casts import cast_outputs, columns_to_cast
from provisioner.model import CUSTOM_SUFFIX, builtin_stream_table, column_type
from provisioner.resources import Body
from provisioner.transforms.builtin_tables import published_columns


def stream_with_columns(draft: ManifestDraft, dcr: str, name: str, stream: Mapping[str, Any]) -> Mapping[str, Any]:
    """A flattened stream with columns where the source declares none for it, which is reported.

    They are its tables', or TimeGenerated alone where nothing is known of these. Azure's own streams need none.
    """
    if stream.get("columns") or builtin_stream_table(name) is not None:
        return stream
    tables = [flow["table"] for flow in stream["flows"]]
    types_by_table = [column_types(_table_columns(draft, table)) for table in tables]
    columns = {column: sent_type(type_) for types in types_by_table for column, type_ in types.items()}
    taken_from = f"those of {', '.join(tables)}" if columns else "TimeGenerated alone, nothing being known of its table"
    message = f"dcr {dcr}: the source declares no columns for {name}; put in: {taken_from}"
    draft.add_comment(("streams", name), f"The source declares no columns; put in: {taken_from}")
    draft.add_diagnostic(PLACEHOLDER_USED, "info", message, "check what its senders post")
    # Of an only table the columns are derived, so the manifest need not repeat them.
    if columns and len(tables) == 1:
        return stream
    return {**stream, "columns": columns or {"TimeGenerated": "datetime"}}


def stream_with_casts(
    draft: ManifestDraft, dcr: str, body: Body, name: str, stream: Mapping[str, Any]
) -> Mapping[str, Any]:
    """A flattened stream whose transforms cast what would reach their tables with another type; each is reported.

    The guid columns of the source are strings by now, since Azure takes no guid in a stream.
    """
    types = column_types(stream.get("columns") or {})
    guid_columns = _guid_columns(body, name)
    flows = []
    for flow in stream["flows"]:
        casts = columns_to_cast(
            flow["transform"],
            types,
            column_types(_table_columns(draft, flow["table"])),
            guid_columns=guid_columns,
            # What a source says of a custom table is its own affair. The columns of Azure's tables are published, and
            # a rule that writes them otherwise cannot be applied.
            every_mismatch=not flow["table"].endswith(CUSTOM_SUFFIX),
        )
        flows.append(_with_casts(draft, f"dcr {dcr}: {name}", flow, casts, types))
    return {**stream, "flows": flows}


def _with_casts(
    draft: ManifestDraft, subject: str, flow: Mapping[str, Any], casts: Mapping[str, str], types: Mapping[str, str]
) -> Mapping[str, Any]:
    if not casts:
        return flow
    listed = ", ".join(f"{column} to {type_}" for column, type_ in casts.items())
    transform = cast_outputs(flow["transform"], casts, types)
    if transform is None:
        message = f"{subject}: {flow['table']} needs casts that could not be written: {listed}"
        draft.add_diagnostic(UNRESOLVED_VALUE, "warning", message, "write them in the transform")
        return flow
    draft.add_diagnostic(OTHER_SPELLING, "info", f"{subject}: casts are written for {flow['table']}: {listed}")
    return {**flow, "transform": transform}


def _guid_columns(body: Body, stream: str) -> list[str]:
    """The columns of a stream declaration whose type streams do not have."""
    declared = (body.get("properties", {}).get("streamDeclarations") or {}).get(stream) or {}
    spelled = {column.get("name"): column_type(str(column.get("type"))) for column in declared.get("columns") or ()}
    return [name for name, type_ in spelled.items() if isinstance(name, str) and type_ and type_.stream is None]


def _table_columns(draft: ManifestDraft, table: str) -> Mapping[str, Any]:
    """A table's columns as the manifest writes them, those that are published of one of Azure's own first."""
    declared: Mapping[str, Any] = draft.fields.get("tables", {}).get(table, {}).get("columns") or {}
    published = published_columns(table) or {}
    return {**published, **declared}
