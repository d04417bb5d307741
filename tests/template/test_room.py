"""The room itself: what it imports, how light it is, that its page says what the code does."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import provisioner.template
from provisioner.template.template_facts import documented_functions, template_facts
from tools.template_page import PAGE, language_page

ROOM = Path(provisioner.template.__file__).parent
OURS = {"provisioner.errors", "provisioner.package_data", "provisioner.suggest"}
HEAVY = ("azure", "jinja2", "aiohttp", "rich", "jsonschema", "requests", "trustme", "cryptography", "yaml")


def imported(file):
    """The modules that a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def module(file):
    parts = ("provisioner", "template", *file.relative_to(ROOM).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module(file): file for file in ROOM.rglob("*.py")}


def test_the_room_knows_no_other_room():
    for file in FILES.values():
        foreign = {name for name in imported(file) if name.startswith("provisioner.") and "template" not in name}
        assert {".".join(name.split(".")[:2]) for name in foreign} <= OURS, file


def test_no_file_of_the_room_imports_in_a_circle():
    graph = {
        name: {other for other in imported(file) if other in FILES and other != name} for name, file in FILES.items()
    }
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) == len(FILES)


def test_importing_the_room_imports_nothing_heavy():
    code = f"import sys, provisioner.template; print([n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_every_text_of_an_error_is_used_and_none_is_missing():
    used = {
        argument.value
        for file in FILES.values()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "TemplateError"
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant)
    }
    assert used == set(template_facts()["errors"])


def test_the_page_is_the_one_that_the_code_makes():
    """`python -m tools.template_page` rewrites it."""
    assert PAGE.read_text(encoding="utf-8") == language_page()


def test_the_page_names_every_function():
    for name in documented_functions():
        assert f"`{name}(" in language_page(), name
