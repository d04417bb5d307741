"""`docs/manifest.md`: its table of keys is made from the language; `python -m tools.manifest_page --write`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from provisioner.load.schema import shapes
from provisioner.load.schema.manifest_language import MANIFEST
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "manifest.md"
BLOCK = re.compile(r"(<!-- keys: .*? -->\n).*?(<!-- end of keys -->)", re.DOTALL)


def page(text: str) -> str:
    """The page with its table as the language is now."""
    return BLOCK.sub(lambda match: match[1] + keys() + match[2], text)


def keys() -> str:
    """One line for each key."""
    rows = [f"| `{path}` | {kind} | {text} |" for path, kind, text in _rows(MANIFEST, "")]
    return "\n".join(["| key | holds | |", "| --- | --- | --- |", *rows, ""])


def _rows(shape: shapes.Record, path: str) -> Iterator[tuple[str, str, str]]:
    for field in shape.fields:
        here = f"{path}{field.name}"
        default = (
            ""
            if field.default is None
            else f" Default: `{str(field.default).lower() if field.default in (True, False) else field.default}`."
        )
        required = " **Required.**" if field.required else ""
        yield (
            here,
            _kind(field.shape),
            f"{field.description}{default}{required}".replace("|", "\\|").replace("<", "&lt;"),
        )
        if field.name != "environments":
            yield from _inside(field.shape, here)


def _inside(shape: shapes.Shape, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(shape, shapes.Record):
        yield from _rows(shape, f"{path}.")
    elif isinstance(shape, shapes.Named):
        yield from _inside(shape.of, f"{path}.{shape.thing.upper()}")
    elif isinstance(shape, shapes.Listed):
        yield from _inside(shape.of, f"{path}[]")
    elif isinstance(shape, shapes.OrFile):
        yield from _inside(shape.of, path)


def _kind(shape: shapes.Shape) -> str:
    match shape:
        case shapes.Choice():
            return " ".join(f"`{value}`" for value in shape.values)
        case shapes.OrFile():
            return f"{_kind(shape.of)}, or `{{file: path}}`"
        case shapes.Either():
            return " or ".join(map(_kind, shape.shapes))
        case shapes.Listed():
            return f"list of {_kind(shape.of)}"
        case shapes.Named():
            return f"mapping by {shape.thing}"
        case shapes.Literal():
            return f"`{shape.value}`"
        case shapes.Record():
            return "mapping" if shape.short is None else f"mapping, or its {shape.short}"
        case shapes.Row():
            return "record"
    return shape.word


if __name__ == "__main__":
    made = page(PAGE.read_text(encoding="utf-8"))
    if "--write" in sys.argv:
        PAGE.write_text(made, encoding="utf-8")
    else:
        print(made)
