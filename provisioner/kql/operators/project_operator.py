"""`project`: exactly the columns named, computed or taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.binding.column_items import assign, name_items, target
from provisioner.kql.ir.scope import Step
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.bound_expression import Column
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("project")
class Project(tree.Operator):
    """`project name = expression, …`."""

    items: list[tree.Item]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """`project items`; without any, nothing is left."""
        return cls([] if parser.at("|") or parser.token.kind == "end" else parser.items())

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The named columns in the order in which they are written."""
        columns: dict[str, Column] = {}
        steps: list[Step] = []
        inside = scope.over(rows)
        for name, item in name_items(binder, self.items, existing=None):
            columns[name], step = assign(binder, name, binder.expression(item.value, inside), target(item))
            steps.extend(step)
        projected = rows.then(columns, *steps)
        projected.open = False
        return projected
