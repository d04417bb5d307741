"""The house: rooms in order, offline commands light, help and documentation true to the code."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import provisioner
from provisioner.cli.lazy_commands import COMMANDS
from provisioner.cli.main import provisioner as root

PACKAGE = Path(provisioner.__file__).parent
ROOMS = [
    *("model", "kql", "load", "transforms", "resources", "validate", "reports", "pipeline_graph", "template", "render"),
    *("language", "azure", "live", "plan", "doctor", "apply", "probes", "transform_tests", "diagnose", "verify"),
    *("send", "adopt", "calibration", "emulator", "lsp", "workbench", "cli"),
]
EMULATOR_NEVER = {
    "azure",
    "live",
    "plan",
    "doctor",
    "apply",
    "probes",
    "transform_tests",
    "diagnose",
    "verify",
    "send",
    "adopt",
    "calibration",
    "render",
    "language",
}
HEAVY = ("azure", "jinja2", "aiohttp", "rich", "jsonschema", "requests", "trustme", "cryptography")


def imports(file):
    """The rooms of ours that a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(file.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "provisioner" and len(parts) > 1 and (PACKAGE / parts[1]).exists():
                yield parts[1]


def files(room):
    return sorted((PACKAGE / room).rglob("*.py"))


def test_every_folder_is_a_room():
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders - {"_data"} <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_earlier_rooms(room):
    """The pipeline is the dependency order; reading the house front to back needs no looking ahead."""
    earlier = set(ROOMS[: ROOMS.index(room) + 1])
    wrong = {
        f"{file.relative_to(PACKAGE)} imports {name}"
        for file in files(room)
        for name in imports(file)
        if name not in earlier
    }
    # The command line is the one room that stands behind the library's face.
    assert (
        not wrong
        if room != "cli"
        else not {violation for violation in wrong if not violation.endswith("imports project")}
    )


def test_the_emulator_meets_us_over_http_only():
    assert not {name for file in files("emulator") for name in imports(file)} & EMULATOR_NEVER


def test_every_module_says_in_one_sentence_what_it_is():
    for file in PACKAGE.rglob("*.py"):
        text = ast.get_docstring(ast.parse(file.read_text()))
        assert text, f"{file} has no docstring"
        assert text.splitlines()[0].strip(), file


def run(*arguments, cwd=None):
    code = (
        "import sys; from provisioner.cli.main import run; code = run(sys.argv[1:]);"
        f"print('HEAVY', sorted(n for n in sys.modules if n.partition('.')[0] in {HEAVY!r}), code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, cwd=cwd, timeout=60
    )
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["validate", "examples/quickstart"], ["test", "examples/quickstart"]],
    ids=lambda arguments: arguments[0],
)
def test_offline_commands_import_no_sdk_and_no_server(arguments):
    assert run(*arguments, cwd=PACKAGE.parent) == "HEAVY [] 0"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_command_says_of_itself(name):
    command = root.get_command(None, name)
    assert command.get_short_help_str(200) == COMMANDS[name][1]
    assert "Example" in (command.help or ""), f"{name} shows no example"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--version"], 0), (["nonsense"], 64), (["plan", "--nonsense"], 64), (["validate", "no/such/file"], 1)],
)
def test_exit_codes_are_those_of_the_contract(arguments, code):
    done = subprocess.run(
        [sys.executable, "-m", "provisioner", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
