"""Words for messages about values of a wrong type: what is expected, and what to write."""

from __future__ import annotations

from provisioner.load.schema import shapes
from provisioner.load.schema.source_map import Path
from provisioner.load.yaml.node_diagnostics import join_with_or
from provisioner.load.yaml.nodes import Node, ScalarNode


def last_key(path: Path) -> str:
    """The key of a value, list positions left out; `the manifest` for the root."""
    keys = [key for key in path if isinstance(key, str)]
    return keys[-1] if keys else "the manifest"


def suggested_value(node: Node, shape: shapes.Shape) -> str:
    """The hint for a node that is not of the type that `shape` wants."""
    match shape:
        case shapes.Choice() if not isinstance(node, ScalarNode) or node.text.lower() not in shape.by_spelling:
            return f"write {join_with_or(words_to_write(shape))}"
        case shapes.Text() | shapes.Choice() if isinstance(node, ScalarNode) and node.value is not None:
            return f'quote it: "{node.text}"'
        case shapes.ListOf() if isinstance(node, ScalarNode):
            return f"write [{node.text}]"
        # `workspace: law-shop` is meant as its name: the hint shows the mapping for the value that is there.
        case shapes.FixedKeys() if isinstance(node, ScalarNode) and _fits_likely_key(node, shape):
            return f"write {{{shape.likely_key}: {node.text}}}"
        case shapes.FixedKeys():
            return f"it may hold {join_with_or(field.name for field in shape.fields)}"
        case shapes.MapOf():
            return f"write one line `name: …` per {shape.entry_noun}"
        case shapes.JsonRecord():
            return "write {name: value, …}"
    return f"write {shape.noun}"


def words_to_write(shape: shapes.Choice) -> tuple[str, ...]:
    """What may stand in the place of a choice."""
    return (*shape.values, shape.or_write) if shape.or_write else shape.values


def _fits_likely_key(node: ScalarNode, shape: shapes.FixedKeys) -> bool:
    """Whether a scalar in place of the mapping may be the value of its likeliest key."""
    field = shape.field(shape.likely_key) if shape.likely_key else None
    match field.shape if field else None:
        case shapes.Text():
            return isinstance(node.value, str)
        case shapes.Boolean():
            return isinstance(node.value, bool)
    return field is not None
