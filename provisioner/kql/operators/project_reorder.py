"""`project-reorder`: the named columns first, the others behind them."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.operators.column_patterns import match_columns, parse_column_pattern
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser


class ProjectReorder(tree.Operator):
    """`project-reorder name, pattern* asc`."""

    names: list[tuple[tree.Name, str]]


def _parse(parser: PipelineParser) -> ProjectReorder:
    """`project-reorder` with names, each with `asc`, `desc` or nothing."""
    names = [_parse_ordered_name(parser)]
    while parser.accept(","):
        names.append(_parse_ordered_name(parser))
    return ProjectReorder(names)


def _bind(context: PipelineContext, node: ProjectReorder, rows: Rows, scope: Scope) -> Rows:  # noqa: ARG001
    """All columns in another order."""
    first: list[str] = []
    for name, order in node.names:
        matched = [column for column in match_columns(context, [name], rows) if column not in first]
        # `asc` and `desc` order the columns that one pattern matches, by name; without them they stay as they are.
        first.extend(sorted(matched, reverse=order == "desc") if order else matched)
    others = [name for name in rows.columns if name not in first]
    return rows.with_steps({name: rows.columns[name] for name in [*first, *others]})


def _parse_ordered_name(parser: PipelineParser) -> tuple[tree.Name, str]:
    name = parse_column_pattern(parser)
    order = parser.advance().text if parser.at("asc") or parser.at("desc") else ""
    return name, order


PROJECT_REORDER = OperatorSpec("project-reorder", ProjectReorder, parse=_parse, bind=_bind)
