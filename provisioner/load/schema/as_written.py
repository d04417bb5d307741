"""The merged tree as plain data: shorthands and variables written out, everything else as the author spells it."""

from __future__ import annotations

from typing import Any

from provisioner.load.overlays import spell
from provisioner.load.schema import shapes
from provisioner.load.variables import Unresolved, Variables
from provisioner.load.yaml.nodes import Mapping, Node, Scalar, Sequence

_COLUMN = "type"


def spelled(node: Node, shape: shapes.Shape | None, variables: Variables) -> Any:
    """The node's value. A column stays the word it may be; a text that cannot be filled in stays as written."""
    if isinstance(node, Scalar) and isinstance(shape, shapes.Record) and shape.short == _COLUMN:
        return _filled(node, shape.field(_COLUMN), variables)
    node = spell(node, shape)
    if isinstance(node, Mapping):
        return {key: spelled(value, _inner(shape, key), variables) for key, value in node.values.items()}
    if isinstance(node, Sequence):
        inner = shape.of if isinstance(shape, shapes.Listed) else None
        return [spelled(item, inner, variables) for item in node.items]
    return _filled(node, shape, variables) if isinstance(node, Scalar) else node.plain()


def _inner(shape: shapes.Shape | None, key: str) -> shapes.Shape | None:
    if isinstance(shape, shapes.Named):
        return shape.of
    if isinstance(shape, shapes.Record) and (field := shape.field(key)) is not None:
        return None if key in {"environments", "variables"} else field.shape
    return None


def _filled(node: Scalar, shape: shapes.Shape | shapes.Field | None, variables: Variables) -> Any:
    if isinstance(shape, shapes.Field):
        shape = shape.shape
    if isinstance(shape, shapes.Either):
        shape = shape.shapes[0]
    interpolated = isinstance(shape, shapes.Whole | shapes.Flag | shapes.Choice) or (
        isinstance(shape, shapes.Text) and shape.interpolated
    )
    if not interpolated:
        return node.value
    try:
        return variables.fill(node, text=isinstance(shape, shapes.Text | shapes.Choice))
    except Unresolved:
        return node.value
