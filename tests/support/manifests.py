"""Complete manifests for tests that are about one section."""

from __future__ import annotations

import re
from pathlib import Path

REQUIRED_KEYS = {
    "version": "1",
    "name": "webshop",
    "target": "{subscription: 6f9619ff-8b86-d011-b42d-00c04fc964ff, resource_group: rg-webshop, location: westeurope}",
    "workspace": "{name: law-webshop}",
}


def complete_manifest(fragment: str) -> str:
    """The YAML text `fragment`, and below it the required keys that it lacks."""
    written_keys = set(re.findall(r"^(\w+):", fragment, re.MULTILINE))
    missing = "".join(f"{key}: {value}\n" for key, value in REQUIRED_KEYS.items() if key not in written_keys)
    return fragment.rstrip("\n") + "\n" + missing


def write_manifest(folder: Path, fragment: str, name: str = "provisioner.yaml") -> Path:
    """The complete manifest in a file of `folder`; its path."""
    path = folder / name
    path.write_text(complete_manifest(fragment), encoding="utf-8")
    return path
