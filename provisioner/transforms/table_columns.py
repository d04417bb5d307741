"""The columns of tables as far as they are known offline: declared by the manifest, or published by Azure."""

from __future__ import annotations

from provisioner.model import Columns, Manifest, Table
from provisioner.transforms.builtin_tables import is_custom_table, published_columns


def known_columns(name: str, manifest: Manifest) -> Columns | None:
    """The columns that rows of a table may hold, in the manifest's types; None where they are not known."""
    declared: Table | None = manifest.tables.get(name)
    if declared and is_custom_table(declared):
        return declared.columns or None
    published = published_columns(name)
    if published is None:
        written = manifest.workspace_transforms.get(name)
        return written.columns if written is not None and written.declared and written.columns else None
    return Columns({**published, **(declared.columns if declared else {})})
