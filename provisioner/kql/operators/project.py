"""`project`: exactly the columns named, computed or taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql import syntax as tree
from provisioner.kql.operators.columns import assign, name_items, target
from provisioner.kql.operators.registry import operator
from provisioner.kql.scope import Step

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.bound import Column
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


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
