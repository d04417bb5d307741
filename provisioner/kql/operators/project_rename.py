"""`project-rename`: columns under new names, in their places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.suggestions import did_you_mean

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser


@operator("project-rename")
class ProjectRename(tree.Operator):
    """`project-rename new = old, …`."""

    pairs: list[tuple[tree.Name, tree.Name]]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """`project-rename new = old`, one or more."""
        pairs = [_pair(parser)]
        while parser.accept(","):
            pairs.append(_pair(parser))
        return cls(pairs)

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG002
        """The same columns; a new name must not be that of a column that stays."""
        renamed: dict[str, str] = {}
        for new, old in self.pairs:
            if old.name not in rows.columns:
                if not rows.open:
                    hint = did_you_mean(old.name, rows.columns)
                    binder.report("KQL101", f"{old.name!r} is not a column here", old.span, hint=hint)
                continue
            renamed[old.name] = new.name
            binder.made(new.name, new.span, rows.columns[old.name].bound(old.span))
        names = [renamed.get(name, name) for name in rows.columns]
        for new, _ in self.pairs:
            if names.count(new.name) > 1:
                hint = "give one another name"
                binder.report("KQL104", f"there would be two columns {new.name!r}", new.span, hint=hint)
        columns = zip(names, rows.columns.values(), strict=True)
        return rows.then({name: replace(column, name=name) for name, column in columns})


def _pair(parser: Parser) -> tuple[tree.Name, tree.Name]:
    new, new_span = parser.expect_name("a new name")
    parser.expect("=", "write `project-rename new = old`")
    old, old_span = parser.expect_name("a column name")
    return tree.Name(new, start=new_span.start, end=new_span.end), tree.Name(
        old, start=old_span.start, end=old_span.end
    )
