"""The columns that the items of `extend`, `project` and the like define: names, and the steps that compute them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from provisioner.diagnostics import Edit, Fix, Span
from provisioner.kql.binding.bind_context import BindContext, PipelineContext
from provisioner.kql.binding.derived_names import derived_name
from provisioner.kql.ir.bound_expression import BoundColumn, BoundExpression, Variable
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import AssignVariable
from provisioner.kql.syntax import tree
from provisioner.suggest import free_names, numbered_names, unused_name


def repair_assignments(
    context: PipelineContext, items: Sequence[tree.ColumnItem], scope: Scope
) -> list[tree.ColumnItem]:
    """The items; where `==` stands in the place of the `=` behind a new name, that is reported and taken for one."""
    return [_repair_assignment(context, item, scope) for item in items]


def _repair_assignment(context: PipelineContext, item: tree.ColumnItem, scope: Scope) -> tree.ColumnItem:
    value = item.value
    if item.names or not isinstance(value, tree.Binary) or value.operator != "==":
        return item
    name = value.left
    if not isinstance(name, tree.Name) or scope.columns_unknown or name.name in scope.visible_names():
        return item
    message = f"{name.name!r} is not a column or variable here; a column is made with '='"
    fix = Fix("write =", (Edit(value.operator_span, "="),))
    context.report("KQL101", message, name.span, hint=f"write {name.name} = …", fix=fix)
    return tree.ColumnItem([name.name], value.right, name.span)


def name_columns(
    context: BindContext, items: Sequence[tree.ColumnItem], existing: Container[str] | None
) -> Iterator[tuple[str, tree.ColumnItem]]:
    """Each item with its column's name: the author's, the one derived, or `Column1`, `Column2` and so on.

    `existing` are the columns that stay beside the items' own. Two items of one name of the author's are reported.
    """
    fixed: set[str] = set()
    for item, name in zip(items, item_names(items, existing), strict=True):
        if len(item.names) > 1:
            message = "several names take a function that gives several values"
            context.report("KQL112", message, definition_span(item))
        # Before a derived name is numbered: two items of one written name are a mistake.
        written = _written_name(item)
        if written is not None and written in fixed:
            message = f"the column {written!r} is made twice"
            context.report("KQL104", message, definition_span(item), hint="give one another name")
        if written is not None:
            fixed.add(written)
        yield name, item


def _written_name(item: tree.ColumnItem) -> str | None:
    if item.names:
        return item.names[0]
    return item.value.name if isinstance(item.value, tree.Name) else None


def item_names(items: Sequence[tree.ColumnItem], existing: Container[str] | None) -> list[str]:
    """The name of each item's column, as `name_columns` has it."""
    author_names = {name for item in items for name in item.names}
    used: set[str] = set()
    default_names = free_names(numbered_names("Column"), existing or ())
    names: list[str] = []
    for item in items:
        name = item.names[0] if item.names else derived_name(item.value)
        # Kusto numbers a derived name that is in use, and refuses two that the author wrote
        if not item.names and name is not None:
            name = unused_name(name, used | author_names) if name in used or name in author_names else name
        elif name is None:
            name = next(free_names(default_names, used))
        assert name is not None
        used.add(name)
        names.append(name)
    return names


def definition_span(item: tree.ColumnItem) -> Span:
    """Where an item says which column it defines."""
    return item.name_span or item.value.span


def assign_column(
    context: PipelineContext, name: str, value: BoundExpression, span: Span
) -> tuple[BoundColumn, list[AssignVariable]]:
    """The column that holds a value, and the step that computes it; no step where it only has a new name."""
    steps: list[AssignVariable] = []
    value = context.check_size(value)
    # a bare column keeps its variable: renaming costs nothing when the rows are computed
    if isinstance(value, Variable):
        variable = value.variable
    else:
        variable = context.new_variable()
        steps.append(AssignVariable(variable, value))
    column = BoundColumn(
        name,
        value.type,
        variable,
        value.reads,
        value.volatile,
        value.span,
        value.nullable,
        value.needs_json_encoding,
        value.size,
    )
    context.column_defined(name, span, value)
    return column, steps
