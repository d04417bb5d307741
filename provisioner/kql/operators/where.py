"""`where`: the rows for which a condition is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql.ir.scope import Keep
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.bound_expression import Bound
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser

_SILENT = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-monitor"


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
        self._check(binder, condition)
        kept = rows.then(rows.columns, Keep(condition))
        kept.filters = rows.filters | condition.reads
        return kept

    def _check(self, binder: Binder, condition: Bound) -> None:
        if binder.dialect != "transform" or not _fixed(condition):
            return
        settled = binder.settled(condition)
        if settled.is_constant and settled.value is not True:
            message = "no row passes this condition: whatever is sent is dropped in silence"
            binder.report("KQL206", message, self.condition.span, severity="warning", source=_SILENT)


def _fixed(value: Bound) -> bool:
    """Whether a value is made of constants alone; a column that reads nothing is a variable all the same."""
    if value.reads or value.volatile:
        return False
    left = [value]
    while left:
        part = left.pop()
        if part.kind == "variable":
            return False
        left.extend(part.arguments)
    return True
