"""An environment merged over the manifest: shorthands first, mappings key by key, the rest replaced, null deletes."""

from __future__ import annotations

from provisioner.load.schema.as_written import expand_shorthand
from provisioner.load.schema.shapes import Shape, entry_shape
from provisioner.load.yaml.nodes import MappingNode, Node, is_null


def merge_overlay(base: Node, overlay: Node, shape: Shape | None) -> Node:
    """`overlay` over `base`, both values of `shape`; neither node is changed."""
    # Shorthands first, so that `Id: string` and `Id: {description: …}` merge into one column.
    base, overlay = expand_shorthand(base, shape), expand_shorthand(overlay, shape)
    # Lists are replaced whole: items have no names by which they could be merged.
    if not isinstance(overlay, MappingNode):
        return overlay
    if not isinstance(base, MappingNode):
        return _without_nulls(overlay)
    merged = base.copy()
    for key, value in overlay.values.items():
        if is_null(value):
            merged.remove(key)
        elif key in merged.values:
            _replace_value(merged, key, merge_overlay(merged.values[key], value, entry_shape(shape, key)), overlay)
        else:
            merged.set_entry(key, overlay.keys[key], _without_nulls(value))
    return merged


def _replace_value(merged: MappingNode, key: str, value: Node, overlay: MappingNode) -> None:
    """Set a value: one that the overlay replaces brings the overlay's key, a merged mapping keeps the first key."""
    if not isinstance(value, MappingNode) or not isinstance(merged.values[key], MappingNode):
        merged.keys[key] = overlay.keys[key]
    merged.values[key] = value


def _without_nulls(node: Node) -> Node:
    """A mapping that is new in an overlay: its nulls have nothing to delete."""
    if not isinstance(node, MappingNode):
        return node
    if not any(is_null(value) or isinstance(value, MappingNode) for value in node.values.values()):
        return node
    mapping = MappingNode(node.source, node.start, node.end, flow=node.flow)
    mapping.shared = node.shared
    for key, value in node.values.items():
        if not is_null(value):
            mapping.set_entry(key, node.keys[key], _without_nulls(value))
    return mapping
