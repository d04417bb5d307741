"""The workspace's own rule of an import: the section `workspace_transforms`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from provisioner.adopt.codes import SKIPPED_DCR
from provisioner.adopt.dcr_import import readable_query
from provisioner.adopt.manifest_draft import ManifestDraft
from provisioner.model import column_type
from provisioner.resources import Body
from provisioner.resources.workspace_transform_resource import flatten_rule
from provisioner.transforms.builtin_tables import published_columns


def add_workspace_transforms(draft: ManifestDraft, rules: Iterable[Body], tables: Mapping[str, Body]) -> None:
    """Write `workspace_transforms` from rules of the kind; `tables` are live tables by name, whose columns are known.

    A table whose columns are not known is listed as skipped: nothing could prove its transform.
    """
    section: dict[str, Any] = {}
    for rule in rules:
        for table, fields in flatten_rule(rule).items():
            columns = _needed_columns(draft, table, tables)
            if columns is None:
                draft.skip(SKIPPED_DCR, "transform", table, "the columns of its table are not known", "warning")
                continue
            transform = readable_query(fields["transform"])
            section[table] = {**({"columns": columns} if columns else {}), "transform": transform}
    if section:
        draft.fields["workspace_transforms"] = section


def _needed_columns(draft: ManifestDraft, table: str, tables: Mapping[str, Body]) -> dict[str, str] | None:
    """The columns that the manifest has to say: none where they are known without; None where they are not known."""
    if published_columns(table) or (draft.fields.get("tables", {}).get(table) or {}).get("columns"):
        return {}
    schema = ((tables.get(table) or {}).get("properties") or {}).get("schema") or {}
    listed = [*(schema.get("standardColumns") or ()), *(schema.get("columns") or ())]
    types = {str(column.get("name")): column_type(str(column.get("type"))) for column in listed}
    return {name: type_.name for name, type_ in types.items() if type_ is not None} or None
