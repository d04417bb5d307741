"""`project-rename`: columns under new names, in their places."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser
from provisioner.suggest import did_you_mean


class ProjectRename(tree.Operator):
    """`project-rename new = old, …`."""

    pairs: list[tuple[tree.Name, tree.Name]]


def _parse(parser: PipelineParser) -> ProjectRename:
    """`project-rename new = old`, one or more."""
    pairs = [_parse_pair(parser)]
    while parser.accept(","):
        pairs.append(_parse_pair(parser))
    return ProjectRename(pairs)


def _bind(context: PipelineContext, node: ProjectRename, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG001
    """The same columns; a new name must not be that of a column that is not renamed."""
    new_names: dict[str, str] = {}
    for new, old in node.pairs:
        if old.name not in rows.columns:
            if not rows.columns_unknown:
                hint = did_you_mean(old.name, rows.columns)
                context.report("KQL101", f"{old.name!r} is not a column here", old.span, hint=hint)
            continue
        new_names[old.name] = new.name
        context.column_defined(new.name, new.span, rows.columns[old.name].as_expression(old.span))
    names = [new_names.get(name, name) for name in rows.columns]
    # Counted behind all renames, since `a = b, b = a` exchanges two names.
    for new, _ in node.pairs:
        if names.count(new.name) > 1:
            hint = "give one another name"
            context.report("KQL104", f"there would be two columns {new.name!r}", new.span, hint=hint)
    columns = zip(names, rows.columns.values(), strict=True)
    return rows.with_steps({name: column.renamed(name) for name, column in columns})


def _parse_pair(parser: PipelineParser) -> tuple[tree.Name, tree.Name]:
    """The new and the old name."""
    new_text, new_span = parser.expect_name("a new name")
    parser.expect("=", "write `project-rename new = old`")
    old_text, old_span = parser.expect_name("a column name")
    new = tree.Name(new_text, start=new_span.start, end=new_span.end)
    return new, tree.Name(old_text, start=old_span.start, end=old_span.end)


PROJECT_RENAME = OperatorSpec("project-rename", ProjectRename, parse=_parse, bind=_bind)
