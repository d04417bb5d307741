"""A test expects only columns that the table has.

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
from provisioner.suggest import did_you_mean
from provisioner.transforms.table_columns import known_columns
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("STR005", on=Stream, workspace_transforms=True)
def expected_column(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    for index, test in enumerate(stream.tests):
        for table, rows in test.expect.items():
            # Where loading rejected the columns, any expectation would look wrong.
            if not context.is_intact("tables", table, "columns"):
                continue
            columns = known_columns(table, context.manifest)
            for at, row in enumerate(rows if columns is not None else ()):
                for name in row:
                    if columns is not None and name not in columns:
                        message = f"the table {table!r} has no column {name!r} to expect"
                        path = ("tests", index, "expect", table, at, name)
                        yield context.error(message, *path, key=True, hint=did_you_mean(name, columns))
