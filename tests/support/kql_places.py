"""One transform in each kind of place that an author can write it at, with a cursor where the text has `^`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provisioner.language.language_file import LanguageFile
from provisioner.language.language_workspace import LanguageWorkspace

HEAD = """\
version: 1
name: webshop
target: {subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg-webshop, location: westeurope}
workspace: {name: law-webshop}
tables:
  Orders_CL:
    columns: {TimeGenerated: datetime, OrderId: string, Amount: real}
"""
STREAM = """\
streams:
  Custom-Orders:
    columns: {placed: datetime, order: dynamic}
    table: Orders_CL
    samples: [{placed: "2026-01-01T10:00:00Z", order: {id: A1, amount: 9.5}}]
"""
BASE = "source | project TimeGenerated = placed, OrderId = tostring(order.id), Amount = 0.0"
"""What an overlay replaces: it is without findings."""
PLACES = ("block", "quoted", "plain", "folded", "included", "overlay", "file")
"""Kinds of place; `shared` is one more: a file that two streams name."""


@dataclass
class PlacedText:
    """The file that holds the transform, in a workspace, and the offset of the cursor in it."""

    workspace: LanguageWorkspace
    path: Path
    offset: int
    folder: Path

    @property
    def file(self) -> LanguageFile:
        file = self.workspace.file(self.path)
        assert file is not None
        return file

    @property
    def text(self) -> str:
        return self.file.source.text

    def place(self):
        return self.file.place(self.offset)


def block(kql: str, indent: int) -> str:
    return "|\n" + "".join(f"{' ' * indent}{line}\n" for line in kql.split("\n"))


def place_transform(kind: str, kql: str, folder: Path, head: str = HEAD, stream: str = STREAM) -> PlacedText:
    """A project in whose place of this kind the transform stands; open in buffers, not on disk."""
    main, path = folder / "provisioner.yaml", folder / "provisioner.yaml"
    files: dict[Path, str] = {}
    one_line = " ".join(kql.split("\n"))
    if kind == "block":
        files[main] = f"{head}{stream}    transform: {block(kql, 6)}"
    elif kind == "quoted":
        escaped = one_line.replace("\\", "\\\\").replace('"', '\\"')
        files[main] = f'{head}{stream}    transform: "{escaped}"\n'
    elif kind == "plain":
        files[main] = f"{head}{stream}    transform: {one_line}\n"
    elif kind == "folded":
        files[main] = f"{head}{stream}    transform: {block(kql, 6).replace('|', '>', 1)}"
    elif kind == "included":
        path = folder / "parts" / "streams.yaml"
        files[main] = f"{head}include: [parts/*.yaml]\n"
        files[path] = f"{stream}    transform: {block(kql, 6)}"
    elif kind == "overlay":
        overlay = f"environments:\n  prod:\n    streams:\n      Custom-Orders:\n        transform: {block(kql, 10)}"
        files[main] = f"{head}{stream}    transform: {BASE}\n{overlay}"
    elif kind in {"file", "shared"}:
        path = folder / "orders.kql"
        bound = f"{stream}    transform: {{file: orders.kql}}\n"
        files[main] = head + bound
        if kind == "shared":
            files[main] += bound.partition("\n")[2].replace("Custom-Orders", "Custom-Returns")
        files[path] = kql
    else:
        raise ValueError(kind)
    offset = files[path].find("^")
    files[path] = files[path].replace("^", "", 1)
    workspace = LanguageWorkspace((folder,))
    for file, text in files.items():
        # On disk too: a pattern of `include` finds files there.
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text, encoding="utf-8", newline="")
        workspace.buffers.set_text(file, text)
    return PlacedText(workspace, path.resolve(), max(offset, 0), folder)
