"""The language is built in storeys: read from below, nothing has to be looked up above."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from provisioner import kql
from provisioner.kql.binding.operator_spec import OperatorSpec
from provisioner.kql.operators import OPERATOR_TABLE, OPERATORS
from provisioner.kql.syntax import tree

PACKAGE = "provisioner.kql"
FOLDER = Path(kql.__file__).parent
STOREYS = ("values", "vocabulary", "syntax", "ir", "evaluation", "functions", "binding", "operators", "")
"""From below; the files at the root of the package come last. Imports for type checkers count too."""


def module_name(path: Path) -> str:
    parts = path.relative_to(FOLDER).with_suffix("").parts
    return ".".join([PACKAGE, *(part for part in parts if part != "__init__")])


MODULES = {module_name(path): path for path in sorted(FOLDER.rglob("*.py"))}


def storey_of(module: str) -> str:
    first = module.removeprefix(PACKAGE).lstrip(".").partition(".")[0]
    return first if first in STOREYS else ""


def imported_modules(path: Path) -> set[str]:
    """The files of the package that a file imports, wherever the statement stands."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                modules.add(submodule if submodule in MODULES else node.module)
    return {module for module in modules if module in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_a_file_imports_only_from_its_storey_and_those_below(module):
    below = STOREYS[: STOREYS.index(storey_of(module)) + 1]
    above = {other for other in imported_modules(MODULES[module]) if storey_of(other) not in below}
    assert above == set()


def test_no_files_import_each_other_in_a_circle():
    graph = {module: imported_modules(path) - {module} for module, path in MODULES.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)


@pytest.mark.parametrize("storey", [storey for storey in STOREYS if storey])
def test_a_storey_says_what_it_holds(storey):
    docstring = ast.get_docstring(ast.parse((FOLDER / storey / "__init__.py").read_text(encoding="utf-8")))
    assert docstring
    assert docstring[0].isupper()


def test_the_tree_is_data_alone():
    """A node has fields and its span; how it is parsed and bound stands in other storeys."""
    module = ast.parse(Path(tree.__file__).read_text(encoding="utf-8"))
    methods = {
        f"{node.name}.{member.name}"
        for node in module.body
        if isinstance(node, ast.ClassDef)
        for member in node.body
        if isinstance(member, ast.FunctionDef)
    }
    assert methods == {"Node.span"}


def test_every_operator_is_a_spec_of_its_own_node():
    assert all(isinstance(spec, OperatorSpec) for spec in OPERATORS.values())
    assert {id(spec) for spec in OPERATORS.values()} == {id(spec) for spec in OPERATOR_TABLE.values()}
    assert all(issubclass(node, tree.Operator) and spec.node is node for node, spec in OPERATOR_TABLE.items())
