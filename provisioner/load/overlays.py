"""An environment laid over the rest: shorthand first, mappings key by key, lists and scalars replace, null deletes."""

from __future__ import annotations

from provisioner.load.schema.shapes import Named, Record, Shape
from provisioner.load.yaml.nodes import Mapping, Node, Scalar


def lay(base: Node, over: Node, shape: Shape | None) -> Node:
    """`over` on `base`, both standing where `shape` is meant."""
    base, over = spell(base, shape), spell(over, shape)
    if not isinstance(over, Mapping):
        return over
    if not isinstance(base, Mapping):
        return _without_nulls(over)
    made = base.copy()
    for key, value in over.values.items():
        if _null(value):
            made.drop(key)
        elif key in made.values:
            made.values[key] = _kept(made, key, lay(made.values[key], value, _inner(shape, key)), over)
        else:
            made.put(key, over.keys[key], _without_nulls(value))
    return made


def _kept(made: Mapping, key: str, value: Node, over: Mapping) -> Node:
    """A replaced value brings its own key; a merged mapping keeps the first one's."""
    if not isinstance(value, Mapping) or not isinstance(made.values[key], Mapping):
        made.keys[key] = over.keys[key]
    return value


def spell(node: Node, shape: Shape | None) -> Node:
    """The node with its shorthand written out: a bare word becomes the mapping that it stands for."""
    if not isinstance(shape, Record) or shape.short is None or not isinstance(node, Scalar) or node.value is None:
        return node
    made = Mapping(node.source, node.start, node.end)
    made.put(shape.short, node, node)
    made.shared = node.shared
    return made


def _inner(shape: Shape | None, key: str) -> Shape | None:
    if isinstance(shape, Named):
        return shape.of
    if isinstance(shape, Record) and (field := shape.field(key)) is not None:
        return field.shape
    return None


def _null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _without_nulls(node: Node) -> Node:
    """A mapping that is new in an overlay: its nulls have nothing to delete."""
    if not isinstance(node, Mapping) or not any(_null(v) or isinstance(v, Mapping) for v in node.values.values()):
        return node
    made = Mapping(node.source, node.start, node.end, flow=node.flow)
    made.shared = node.shared
    for key, value in node.values.items():
        if not _null(value):
            made.put(key, node.keys[key], _without_nulls(value))
    return made
