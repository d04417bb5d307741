"""`where`: the rows for which a condition is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.kql import syntax as tree
from provisioner.kql.operators.registry import operator
from provisioner.kql.scope import Keep

if TYPE_CHECKING:
    from provisioner.kql.binder import Binder
    from provisioner.kql.bound import Bound
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope

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
