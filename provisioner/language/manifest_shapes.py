"""From a path in a file to what the manifest language allows there."""

from __future__ import annotations

from provisioner.load.schema.shapes import Field, FixedKeys, JsonRecord, ListOf, MapOf, OneOf, Shape, Text, ValueOrFile

Path = tuple[str | int, ...]
FILE_PATH = Text(interpolated=False)
"""The value of `file:`, which names a file that stands for a value."""


def shape_at(root: Shape, path: Path) -> Shape | None:
    """What may stand at a path; None where the language has nothing there. Shorthands stay what they stand for."""
    shape: Shape | None = root
    for step in path:
        shape = _step(shape, step)
        if shape is None:
            return None
    return shape


def field_at(root: Shape, path: Path) -> Field | None:
    """The key's own description at a path that ends in a key of the language."""
    if not path:
        return None
    parent = as_mapping(shape_at(root, path[:-1]))
    return parent.field(str(path[-1])) if isinstance(parent, FixedKeys) else None


def as_mapping(shape: Shape | None) -> Shape | None:
    """The shape that a value has where it is written as a mapping."""
    if isinstance(shape, ValueOrFile):
        return as_mapping(shape.value_shape)
    if isinstance(shape, OneOf):
        return next((one for one in shape.shapes if isinstance(one, (MapOf, FixedKeys, JsonRecord))), None)
    return shape if isinstance(shape, (MapOf, FixedKeys, JsonRecord)) else None


def as_scalar(shape: Shape | None) -> Shape | None:
    """The shape that a value has where it is written as one word; None where it cannot be."""
    if isinstance(shape, ValueOrFile):
        return as_scalar(shape.value_shape)
    if isinstance(shape, FixedKeys):
        field = shape.field(shape.shorthand_key) if shape.shorthand_key else None
        return as_scalar(field.shape) if field else None
    if isinstance(shape, OneOf):
        return next((scalar for one in shape.shapes if (scalar := as_scalar(one)) is not None), None)
    return None if isinstance(shape, (MapOf, ListOf, JsonRecord)) else shape


def as_list(shape: Shape | None) -> ListOf | None:
    """The shape that a value has where it is written as a list; None where it cannot be."""
    if isinstance(shape, ValueOrFile):
        return as_list(shape.value_shape)
    if isinstance(shape, OneOf):
        return next((items for one in shape.shapes if (items := as_list(one)) is not None), None)
    return shape if isinstance(shape, ListOf) else None


def _step(shape: Shape | None, step: str | int) -> Shape | None:
    if isinstance(shape, ValueOrFile) and step == "file":
        return FILE_PATH
    if isinstance(step, int):
        items = as_list(shape)
        return items.item_shape if items else None
    mapping = as_mapping(shape)
    if isinstance(mapping, MapOf):
        return mapping.value_shape
    if isinstance(mapping, FixedKeys):
        field = mapping.field(step)
        return field.shape if field else None
    return None
