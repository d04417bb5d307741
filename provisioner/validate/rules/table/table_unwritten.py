"""Every table is written by some stream.

Why: a table that no stream leads to stays empty.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}, Returns_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}, Returns_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL, Custom-Returns: Returns_CL}
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.transforms.builtin_tables import is_custom_table
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB015", on=Manifest, severity="warning")
def table_unwritten(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    if context.is_broken("streams"):
        return
    written = {flow.table for stream in manifest.streams.values() for flow in stream.flows}
    # A manifest may declare tables alone, for streams in another one.
    for table in manifest.tables.values() if written else ():
        if is_custom_table(table) and not table.existing and table.name not in written:
            message, of_several = f"no stream writes the table {table.name!r}", "no stream writes the tables {names}"
            yield context.warning(message, "tables", table.name, key=True, subject=table.name, of_several=of_several)
