"""The table of keys in `docs/manifest.md`, made from the language that the loader reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from provisioner.load.schema import shapes
from provisioner.load.schema.manifest_language import MANIFEST
from tools.marked_blocks import DOCS, replace_block

PAGE = DOCS / "manifest.md"


def pages() -> dict[Path, str]:
    """The page with its table of keys as the language is now."""
    return {PAGE: replace_block(PAGE.read_text(encoding="utf-8"), "keys", keys_table())}


def keys_table() -> str:
    """One line for each key."""
    rows = [f"| `{path}` | {type_description} | {text} |" for path, type_description, text in _rows(MANIFEST, "")]
    return "\n".join(["| key | holds | |", "| --- | --- | --- |", *rows, ""])


def _rows(shape: shapes.FixedKeys, path: str) -> Iterator[tuple[str, str, str]]:
    for field in shape.fields:
        key_path = f"{path}{field.name}"
        default = (
            ""
            if field.default is None
            else f" Default: `{str(field.default).lower() if field.default in (True, False) else field.default}`."
        )
        required = " **Required.**" if field.required else ""
        yield (
            key_path,
            _type_description(field.shape),
            f"{field.description}{default}{required}".replace("|", "\\|").replace("<", "&lt;"),
        )
        if field.name != "environments":
            yield from _nested_rows(field.shape, key_path)


def _nested_rows(shape: shapes.Shape, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(shape, shapes.FixedKeys):
        yield from _rows(shape, f"{path}.")
    elif isinstance(shape, shapes.MapOf):
        yield from _nested_rows(shape.value_shape, f"{path}.{shape.entry_noun.upper()}")
    elif isinstance(shape, shapes.ListOf):
        yield from _nested_rows(shape.item_shape, f"{path}[]")
    elif isinstance(shape, shapes.ValueOrFile):
        yield from _nested_rows(shape.value_shape, path)


def _type_description(shape: shapes.Shape) -> str:
    match shape:
        case shapes.Choice():
            return " ".join(f"`{value}`" for value in shape.values)
        case shapes.ValueOrFile():
            return f"{_type_description(shape.value_shape)}, or `{{file: path}}`"
        case shapes.OneOf():
            return " or ".join(map(_type_description, shape.shapes))
        case shapes.ListOf():
            return f"list of {_type_description(shape.item_shape)}"
        case shapes.MapOf():
            return f"mapping by {shape.entry_noun}"
        case shapes.Constant():
            return f"`{shape.value}`"
        case shapes.FixedKeys():
            return "mapping" if shape.shorthand_key is None else f"mapping, or its {shape.shorthand_key}"
        case shapes.JsonRecord():
            return "record"
    return shape.noun
