"""A test expects rows of a table that the stream leads to, with columns that the table has.

Why: an expectation that nothing can meet fails for a reason that has nothing to do with the transform.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}
    streams:
      Custom-Orders:
        table: Orders_CL
        tests:
          - name: an order arrives
            given: [{TimeGenerated: "2026-01-01T10:00:00Z", OrderId: A1}]
            expect: [{OrderID: A1}]
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime, OrderId: string}}}
    streams:
      Custom-Orders:
        table: Orders_CL
        tests:
          - name: an order arrives
            given: [{TimeGenerated: "2026-01-01T10:00:00Z", OrderId: A1}]
            expect: [{OrderId: A1}]
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Stream
from provisioner.validate.context import Context
from provisioner.validate.proof import columns_of
from provisioner.validate.rule import rule
from provisioner.validate.text import listed, meant


@rule("STR005", on=Stream)
def test_expects(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    tables = [flow.table for flow in stream.flows]
    for index, test in enumerate(stream.tests):
        for table, rows in test.expect.items():
            path = ("tests", index, "expect", *((table,) if _by_table(context, index) else ()))
            if table not in tables:
                message = f"the stream {stream.key!r} does not lead to {table!r}"
                yield context.error(message, *path, key=True, hint=f"it leads to {listed(tables)}")
                continue
            columns = columns_of(table, context.manifest)
            for at, row in enumerate(rows if columns else ()):
                for name in row:
                    if name not in (columns or ()):
                        message = f"the table {table!r} has no column {name!r} to expect"
                        yield context.error(message, *path, at, name, key=True, hint=meant(name, columns or ()))


def _by_table(context: Context, index: int) -> bool:
    """Whether the author wrote rows by table, not a plain list."""
    tests = context.written((*context.path, "tests"))
    return isinstance(tests, list) and isinstance(tests[index].get("expect"), dict)
