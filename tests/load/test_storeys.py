"""The storeys of `load`: text, then shapes, then the manifest's parts, then what puts them together."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner import load
from tests.house.test_import_cycles import imported_modules, modules

STOREYS = ["yaml", "schema", "builders"]
FILES = {name: file for name, file in modules().items() if name.startswith("provisioner.load.")}


def level(module):
    """The number of a module's storey; files at the room's root stand on top."""
    folder = module.split(".")[2]
    return STOREYS.index(folder) if folder in STOREYS else len(STOREYS)


def test_every_folder_is_a_storey():
    root = Path(load.__file__).parent
    assert {folder.name for folder in root.iterdir() if (folder / "__init__.py").exists()} == set(STOREYS)


@pytest.mark.parametrize("name", FILES)
def test_a_file_imports_only_from_its_storey_and_those_below(name):
    imported = imported_modules(FILES[name].read_text(encoding="utf-8"), modules())
    assert not [other for other in imported & FILES.keys() if level(other) > level(name)]
