"""Whole manifests made of the piece that a test is about."""

from __future__ import annotations

import re
from pathlib import Path

BASE = {
    "version": "1",
    "name": "webshop",
    "target": "{subscription: 6f9619ff-8b86-d011-b42d-00c04fc964ff, resource_group: rg-webshop, location: westeurope}",
    "workspace": "{name: law-webshop}",
}


def whole(piece: str) -> str:
    """The piece, and below it the required keys that it lacks."""
    written = set(re.findall(r"^(\w+):", piece, re.MULTILINE))
    rest = "".join(f"{key}: {value}\n" for key, value in BASE.items() if key not in written)
    return piece.rstrip("\n") + "\n" + rest


def write(folder: Path, piece: str, name: str = "provisioner.yaml") -> Path:
    """The whole manifest in a file."""
    path = folder / name
    path.write_text(whole(piece), encoding="utf-8")
    return path
