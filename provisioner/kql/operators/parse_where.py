"""`parse-where`: as `parse`, but a row whose text does not match goes no further."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.kql.binding.implicit_casts import cast
from provisioner.kql.ir.bound_expression import Bound, compose
from provisioner.kql.ir.scope import Keep
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.operators.parse import Parse, extract
from provisioner.kql.operators.parse_pattern import Capture

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope


@operator("parse-where")
class ParseWhere(Parse):
    """`parse-where text with * "constant" capture: type …`."""

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """All columns, and one for each capture."""
        text = cast(binder.expression(self.text, scope.over(rows)), "string")
        captures = [piece for piece in self.pieces if isinstance(piece, Capture)]
        self._check(binder, captures)
        if self.kind == "relaxed":
            binder.report("KQL001", "parse-where has no kind=relaxed", self.span, hint="use `parse` and a `where`")
        match = self._matcher(binder, required=True)
        if match is None:
            return rows
        word = binder.variable("p")
        parts = Bound("variable", "parts", word, nullable=False, reads=text.reads, span=text.span)
        keep = Keep(compose("free", "bool", "{0}", [parts], nullable=False, span=self.span))
        captured = [(capture.name, capture.type, capture.span) for capture in captures]
        found = extract(binder, rows, text, match, captured, filters=[keep], variable=word)
        found.filters = rows.filters | text.reads
        return found
