"""`extend`: columns computed and added, or put in the place of those of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.binding.column_items import assign, name_items, target
from provisioner.kql.ir.scope import Step
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("extend")
class Extend(tree.Operator):
    """`extend name = expression, …`."""

    items: list[tree.Item]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """`extend items`."""
        return cls(parser.items())

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """All columns and the new ones; every expression sees the columns as they were before."""
        columns = dict(rows.columns)
        steps: list[Step] = []
        inside = scope.over(rows)
        for name, item in name_items(binder, self.items, existing=rows.columns):
            column, step = assign(binder, name, binder.expression(item.value, inside), target(item))
            columns[name] = column
            steps.extend(step)
        return rows.then(columns, *steps)
