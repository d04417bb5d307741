"""No file imports itself through others: imports inside functions count, those for type checkers do not."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import provisioner

PACKAGE = Path(provisioner.__file__).parent


def modules():
    """Every module of the package by its dotted name."""
    names = {}
    for file in PACKAGE.rglob("*.py"):
        parts = ("provisioner", *file.relative_to(PACKAGE).with_suffix("").parts)
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return names


def run_time_nodes(node):
    """A tree's nodes without the bodies of `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            for other in child.orelse:
                yield from (other, *run_time_nodes(other))
        else:
            yield child
            yield from run_time_nodes(child)


def imported_modules(text, known_modules):
    """The modules of ours that a text imports at run time, with the packages whose `__init__` that runs."""
    imported = set()
    for node in run_time_nodes(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full_name = f"{node.module}.{alias.name}"
                imported.add(full_name if full_name in known_modules else node.module)
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    packages = {name.rsplit(".", count)[0] for name in imported for count in range(1, name.count(".") + 1)}
    return (imported | packages) & set(known_modules)


def import_graph():
    """Module → the modules that it imports. A package that is running its `__init__` already is not run again."""
    files = modules()
    graph = {}
    for name, file in files.items():
        imported = imported_modules(file.read_text(encoding="utf-8"), files)
        graph[name] = {other for other in imported if other != name and not name.startswith(f"{other}.")}
        graph[name] |= directly_imported_parents(file, name, files)
    return graph


def directly_imported_parents(file, name, files):
    """The packages around a module from which it takes a name: `from provisioner.kql import bind` inside kql."""
    return {
        node.module
        for node in run_time_nodes(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and name.startswith(f"{node.module}.")
        if any(f"{node.module}.{alias.name}" not in files for alias in node.names)
    }


def test_no_file_imports_itself_through_others():
    try:
        TopologicalSorter(import_graph()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from provisioner.model import Manifest", {"provisioner", "provisioner.model"}),
        ("def f():\n    import provisioner.errors", {"provisioner", "provisioner.errors"}),
        ("from provisioner import errors", {"provisioner", "provisioner.errors"}),
        ("if TYPE_CHECKING:\n    import provisioner.errors", set()),
        ("if TYPE_CHECKING:\n    ...\nelse:\n    import provisioner.errors", {"provisioner", "provisioner.errors"}),
        ("import json", set()),
    ],
)
def test_imports_are_noticed_wherever_they_run(text, names):
    assert imported_modules(text, modules()) == names
