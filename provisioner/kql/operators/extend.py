"""`extend`: columns computed and added, or put in the place of those of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql import syntax as tree
from provisioner.kql.operators.columns import assign, name_items, target
from provisioner.kql.operators.registry import operator
from provisioner.kql.scope import Step

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


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
