"""The words of remarks about structure: what a place wants, and what to write instead."""

from __future__ import annotations

from provisioner.load.schema import shapes
from provisioner.load.schema.source_map import Path
from provisioner.load.yaml.node_diagnostics import choices
from provisioner.load.yaml.nodes import Node, Scalar


def last(path: Path) -> str:
    """The key that a value stands under."""
    names = [each for each in path if isinstance(each, str)]
    return names[-1] if names else "the manifest"


def wanted(shape: shapes.Shape) -> str:
    """What may stand there."""
    return shape.words if isinstance(shape, shapes.Either | shapes.OrFile) else shape.word


def _meant(node: Scalar, shape: shapes.Record) -> bool:
    """Whether a bare scalar may be the value of the record's likeliest key."""
    field = shape.field(shape.likely) if shape.likely else None
    match field.shape if field else None:
        case shapes.Text():
            return isinstance(node.value, str)
        case shapes.Flag():
            return isinstance(node.value, bool)
    return field is not None


def instead(node: Node, shape: shapes.Shape) -> str:
    """What to write where the node is of the wrong kind."""
    match shape:
        case shapes.Text() | shapes.Choice() if isinstance(node, Scalar) and node.value is not None:
            return f'quote it: "{node.text}"'
        case shapes.Listed() if isinstance(node, Scalar):
            return f"write [{node.text}]"
        case shapes.Record() if isinstance(node, Scalar) and _meant(node, shape):
            return f"write {{{shape.likely}: {node.text}}}"
        case shapes.Record():
            return f"it may hold {choices(field.name for field in shape.fields)}"
        case shapes.Named():
            return f"write one line `name: …` per {shape.thing}"
        case shapes.Row():
            return "write {name: value, …}"
    return f"write {wanted(shape)}"
