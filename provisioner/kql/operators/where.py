"""`where`: the rows for which a condition is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql import syntax as tree
from provisioner.kql.operators.registry import operator
from provisioner.kql.scope import Keep

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


@operator("where", "filter")
class Where(tree.Operator):
    """`where condition`."""

    condition: tree.Expression

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """`where expression`."""
        return cls(parser.expression())

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """The same columns; a row goes on when the condition is true, not when it is false or null."""
        condition = binder.predicate(self.condition, scope.over(rows))
        kept = rows.then(rows.columns, Keep(condition))
        kept.filters = rows.filters | condition.reads
        return kept
