"""The command line is a thin shell: it reads options, calls the library and prints."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import provisioner

PACKAGE = Path(provisioner.__file__).parent
CLI = PACKAGE / "cli"
COMMANDS = sorted((CLI / "commands").glob("*.py"))
FILES = sorted(CLI.rglob("*.py"))
MOST_PARAMETERS = 6
CARRIED = {"allow", "prune", "only", "parallelism", "timeout", "grant_self", "edge_cases", "keep_grant", "deployment"}
"""Options that one value carries through the layers."""
CLI_WORDS = {"via", "locked", "lock_held", "recorded", "allow", "prune", "only", "parallelism", "keep"}


def tree_of(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(file):
    """The full names of all that a file imports, wherever in the file it does."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def run_time_imports(file):
    """As `imported`, without what only type checkers read."""
    tree = tree_of(file)
    checked = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    hidden = {id(inner) for node in checked for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in hidden and isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", COMMANDS, ids=lambda file: file.stem)
def test_a_command_imports_no_other_command(file):
    """What two commands share stands beside them, in `cli`, or in the library."""
    assert [name for name in imported(file) if name.startswith("provisioner.cli.commands")] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_command_connects_through_the_library(file):
    """Which emulator or cloud a target means is decided in one place; only `emulator` controls the emulator itself."""
    if file.stem == "emulator":
        return
    names = list(run_time_imports(file))
    assert [name for name in names if name.startswith(("provisioner.azure", "provisioner.emulator"))] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_command_writes_no_yaml_and_builds_no_manifest(file):
    forbidden = ("provisioner.load.yaml", "provisioner.load.builders.manifest", "yaml.dump")
    assert [name for name in imported(file) if name.startswith(forbidden)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_command_does_not_switch_the_garbage_collector(file):
    assert "gc" not in set(imported(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_command_changes_no_project(file):
    """What a project is made with is given where it is loaded."""
    targets = [
        ast.unparse(target)
        for node in ast.walk(tree_of(file))
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute)
    ]
    assert [target for target in targets if not target.startswith(("self.", "cls."))] == []


def functions(file):
    """The functions and methods of a file, each with the names of its parameters."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.FunctionDef):
            yield node, [one.arg for one in (*node.args.args, *node.args.kwonlyargs) if one.arg not in {"self", "cls"}]


@pytest.mark.parametrize("room", ["apply", "plan", "verify"])
def test_no_layer_carries_a_list_of_options(room):
    """They are one frozen value: `PlanOptions`, `ApplyOptions`, `VerifyOptions`."""
    for file in sorted((PACKAGE / room).rglob("*.py")):
        for function, parameters in functions(file):
            assert len(CARRIED & {*parameters}) <= 1, f"{file.name}: {function.name}"


def test_the_pipeline_speaks_no_word_of_the_command_line():
    """`via`, `locked` and the like are options of commands; the library has values for them."""
    for name in ("project.py", "saved_plan.py", "plannable.py"):
        for function, parameters in functions(PACKAGE / name):
            assert not CLI_WORDS & {*parameters}, function.name
            assert len(parameters) <= MOST_PARAMETERS, function.name


def test_the_pipeline_is_on_one_page():
    """Its steps in their order, each a few lines: what a step does is in its room."""
    steps = ["load", "validate", "test", "render", "plan", "apply", "verify", "outputs"]
    methods = [function for function, _ in functions(PACKAGE / "project.py")]
    assert [function.name for function in methods if function.name in steps] == steps
    longest = max(methods, key=lambda function: function.end_lineno - function.lineno)
    assert longest.end_lineno - longest.lineno < 25, longest.name
