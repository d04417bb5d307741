"""`distinct`: one row for each combination of the named columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.binding.column_items import assign, name_items, target
from provisioner.kql.ir.scope import Step, Unique
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.bound_expression import Column
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("distinct")
class Distinct(tree.Operator):
    """`distinct *` or `distinct name, …`."""

    items: list[tree.Item]
    everything: bool

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """`distinct *`, or items."""
        if parser.accept("*"):
            return cls([], everything=True)
        return cls(parser.items(), everything=False)

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The columns that make the key, and nothing else."""
        columns: dict[str, Column] = dict(rows.columns) if self.everything else {}
        steps: list[Step] = []
        inside = scope.over(rows)
        for name, item in name_items(binder, self.items, existing=None):
            columns[name], step = assign(binder, name, binder.expression(item.value, inside), target(item))
            steps.extend(step)
        for column in columns.values():
            if column.type == "dynamic":
                hint = "cast it, as tostring()"
                binder.report(
                    "KQL109", f"rows cannot be told apart by the dynamic {column.name!r}", self.span, hint=hint
                )
        keys = [column.bound(column.span) for column in columns.values()]
        return rows.then(columns, *steps, Unique(keys))
