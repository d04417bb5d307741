"""`project-rename`: columns under new names, in their places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from provisioner.kql import syntax as tree
from provisioner.kql.operators.registry import operator
from provisioner.kql.suggest import did_you_mean

if TYPE_CHECKING:
    from provisioner.diagnostics import Span
    from provisioner.kql.binder import Binder
    from provisioner.kql.parser import Parser
    from provisioner.kql.scope import Rows, Scope


@operator("project-rename")
@dataclass(slots=True)
class ProjectRename(tree.Operator):
    """`project-rename new = old, …`."""

    pairs: list[tuple[str, str, Span, Span]]

    @classmethod
    def parse(cls, parser: Parser) -> ProjectRename:
        """`project-rename new = old`, one or more."""
        pairs = [_pair(parser)]
        while parser.accept(","):
            pairs.append(_pair(parser))
        return cls(pairs)

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG002
        """The same columns; a new name must not be that of a column that stays."""
        renamed: dict[str, str] = {}
        for new, old, new_span, old_span in self.pairs:
            if old not in rows.columns:
                if not rows.open:
                    hint = did_you_mean(old, rows.columns)
                    binder.report("KQL101", f"{old!r} is not a column here", old_span, hint=hint)
                continue
            renamed[old] = new
            binder.made(new, new_span, rows.columns[old].bound(old_span))
        names = [renamed.get(name, name) for name in rows.columns]
        for new, _old, new_span, _ in self.pairs:
            if names.count(new) > 1:
                binder.report("KQL104", f"there would be two columns {new!r}", new_span, hint="give one another name")
        columns = zip(names, rows.columns.values(), strict=True)
        return rows.then({name: replace(column, name=name) for name, column in columns})


def _pair(parser: Parser) -> tuple[str, str, Span, Span]:
    new, new_span = parser.expect_name("a new name")
    parser.expect("=", "write `project-rename new = old`")
    old, old_span = parser.expect_name("a column name")
    return new, old, new_span, old_span
