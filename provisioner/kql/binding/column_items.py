"""The columns that the items of `extend`, `project` and their like compute: names and steps."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING

from provisioner.kql.binding.derived_names import derived, unused
from provisioner.kql.ir.bound_expression import Column
from provisioner.kql.ir.scope import Assign
from provisioner.kql.syntax import tree

if TYPE_CHECKING:
    from provisioner.diagnostics import Span
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.bound_expression import Bound


def name_items(
    binder: Binder, items: Sequence[tree.Item], existing: Container[str] | None
) -> Iterator[tuple[str, tree.Item]]:
    """Each item with its column's name: the author's, the one derived, or `Column1`, `Column2` and so on."""
    written = {name for item in items for name in item.names}
    taken: set[str] = set()
    claimed: set[str] = set()
    unnamed = 0
    for item in items:
        if len(item.names) > 1:
            binder.report("KQL112", "several names take a function that gives several values", target(item))
        name = item.names[0] if item.names else derived(item.value)
        plain = bool(item.names) or isinstance(item.value, tree.Name)
        if plain and name in claimed:
            binder.report("KQL104", f"the column {name!r} is made twice", target(item), hint="give one another name")
        if plain and name is not None:
            claimed.add(name)
        if not item.names and name is not None:
            name = unused(name, taken | written) if name in taken or name in written else name
        elif name is None:
            unnamed += 1
            while f"Column{unnamed}" in taken or (existing is not None and f"Column{unnamed}" in existing):
                unnamed += 1
            name = f"Column{unnamed}"
        assert name is not None
        taken.add(name)
        yield name, item


def target(item: tree.Item) -> Span:
    """Where an item says which column it makes."""
    return item.name_span or item.value.span


def assign(binder: Binder, name: str, value: Bound, span: Span) -> tuple[Column, list[Assign]]:
    """The column that holds a value, and the step that computes it; none where it only has a new name."""
    steps: list[Assign] = []
    value = binder.bearable(value)
    variable = value.value
    if value.kind != "variable":
        variable = binder.variable()
        steps.append(Assign(variable, value))
    made = Column(
        name, value.type, variable, value.reads, value.volatile, value.span, value.nullable, value.wrapped, value.weight
    )  # fmt: skip
    binder.made(name, span, value)
    return made, steps
