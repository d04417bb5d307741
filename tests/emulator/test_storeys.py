"""The emulator's folders import in the order that their docstrings give, and nothing imports in a circle."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import provisioner.emulator

ROOM = Path(provisioner.emulator.__file__).parent
FOLDERS = sorted(path.parent for path in ROOM.rglob("__init__.py"))


def order_of(folder):
    """The modules and folders that the indented block of a folder's docstring lists."""
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    return [name for line in docstring.partition("::")[2].splitlines() for name in line.split()]


def parts_of(folder):
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    return files | {path.parent.name for path in folder.glob("*/__init__.py")}


def imported_modules(file):
    """The modules that a file imports when it runs, inside functions too, but not for type checkers alone."""
    tree = ast.parse(file.read_text())
    for_type_checkers = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in for_type_checkers:
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_docstring_lists_every_module_once(folder):
    assert sorted(order_of(folder)) == sorted(parts_of(folder))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_part_imports_only_parts_before_it(folder):
    order = order_of(folder)
    prefix = ".".join(("provisioner", *folder.relative_to(ROOM.parent).parts, ""))
    late = set()
    for part in order:
        files = [folder / f"{part}.py"] if (folder / f"{part}.py").exists() else sorted((folder / part).rglob("*.py"))
        for file in files:
            for module in imported_modules(file):
                other = module.removeprefix(prefix).split(".")[0]
                if module.startswith(prefix) and other in order and order.index(other) > order.index(part):
                    late.add(f"{file.relative_to(ROOM)} imports {other}")
    assert not late
