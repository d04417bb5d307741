"""The merged tree as plain data: shorthands and variables expanded, everything else as the author spells it."""

from __future__ import annotations

from typing import Any

from provisioner.load.schema import shapes
from provisioner.load.schema.interpolation import UnresolvedVariable, Variables
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode, is_null


def expand_shorthand(node: Node, shape: shapes.Shape | None) -> Node:
    """The node, or where it is a scalar that `shape` allows for a mapping, that mapping."""
    if not isinstance(shape, shapes.FixedKeys) or shape.shorthand_key is None:
        return node
    if not isinstance(node, ScalarNode) or is_null(node):
        return node
    mapping = MappingNode(node.source, node.start, node.end)
    # The scalar is its own key: that is how later steps know that the mapping is not written.
    mapping.set_entry(shape.shorthand_key, node, node)
    mapping.shared = node.shared
    return mapping


def values_as_written(node: Node, shape: shapes.Shape | None, variables: Variables) -> Any:
    """The node as plain data. A column that is just a type stays so; unresolved variables stay `$(name)`."""
    if isinstance(node, ScalarNode) and isinstance(shape, shapes.FixedKeys) and shape.shorthand_key == "type":
        return _interpolated(node, shapes.entry_shape(shape, "type"), variables)
    node = expand_shorthand(node, shape)
    if isinstance(node, MappingNode):
        return {
            key: values_as_written(value, _value_shape(shape, key), variables) for key, value in node.values.items()
        }
    if isinstance(node, SequenceNode):
        item_shape = shape.item_shape if isinstance(shape, shapes.ListOf) else None
        return [values_as_written(item, item_shape, variables) for item in node.items]
    return _interpolated(node, shape, variables) if isinstance(node, ScalarNode) else node.plain()


def _value_shape(shape: shapes.Shape | None, key: str) -> shapes.Shape | None:
    # Overlays and declarations define the variables: nothing is interpolated in them.
    if isinstance(shape, shapes.FixedKeys) and key in {"environments", "variables"}:
        return None
    return shapes.entry_shape(shape, key)


def _interpolated(node: ScalarNode, shape: shapes.Shape | None, variables: Variables) -> Any:
    if isinstance(shape, shapes.OneOf):
        shape = shape.shapes[0]
    interpolated = isinstance(shape, shapes.Integer | shapes.Number | shapes.Boolean | shapes.Choice) or (
        isinstance(shape, shapes.Text) and shape.interpolated
    )
    if not interpolated:
        return node.value
    try:
        return variables.interpolate(node, text=isinstance(shape, shapes.Text | shapes.Choice))
    except UnresolvedVariable:
        return node.value
