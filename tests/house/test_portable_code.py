"""The code runs on each system: what only some have is in one module, and files are the same everywhere."""

from __future__ import annotations

import ast

import pytest

from tests.support.paths import ROOT

FILES = [file for folder in ("provisioner", "tools") for file in sorted((ROOT / folder).rglob("*.py"))]
SYSTEM_MODULES = {"provisioner/operating_system.py", "provisioner/private_files.py"}
# That a name is missing on a system is what mypy says for each one; these are there, and do something else.
DIFFERENT_ON_WINDOWS = {"os.kill", "os.chmod", "os.fchmod", "os.replace", "os.rename", "loop.add_signal_handler"}
DIFFERENT_ON_WINDOWS |= {
    "subprocess.Popen",
    "sys.stdin.isatty",
    "sys.stderr.isatty",
    "signal.SIGTERM",
    "signal.SIGKILL",
}
POSIX_MODULES = {"fcntl", "pwd", "grp", "termios", "tty", "pty", "resource", "syslog"}


def name_of(file):
    return file.relative_to(ROOT).as_posix()


def system_uses(text):
    """What a file uses that is not the same on each system."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in DIFFERENT_ON_WINDOWS:
            yield ast.unparse(node)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in POSIX_MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in POSIX_MODULES:
            yield node.module


def test_what_differs_by_system_is_in_one_module():
    assert len(FILES) > 300
    uses = {name_of(file): list(system_uses(file.read_text(encoding="utf-8"))) for file in FILES}
    assert {name for name, names in uses.items() if names} == SYSTEM_MODULES


def careless_opens(text):
    """Calls that open a text without its encoding, or write one without saying how its lines end, with their lines."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = {keyword.arg for keyword in node.keywords}
        if {"text", "universal_newlines"} & given and ast.unparse(node.func).startswith("subprocess."):
            yield f"line {node.lineno}: {ast.unparse(node.func)} reads text in the system's encoding"
        if name in {"read_text", "write_text"} or (name == "open" and not _is_binary(node)):
            required = {"encoding"} | ({"newline"} if name == "write_text" or _writes(node) else set())
            if required - given:
                yield f"line {node.lineno}: {ast.unparse(node.func)} without {', '.join(sorted(required - given))}"


def _mode(call):
    """The mode of a call of `open`: its first or second argument, a text of letters of modes."""
    texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    return next((text for text in texts if isinstance(text, str) and set(text) <= set("rwxabt+")), "r")


def _is_binary(call):
    owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    return "b" in _mode(call) or owner in {"os", "tarfile", "self"}


def _writes(call):
    return set(_mode(call)) & set("wxa") != set()


def test_every_text_is_opened_as_utf_8_and_written_with_line_feeds_or_as_it_was():
    """Without these, Windows takes its code page and its own line ends: files would differ from system to system."""
    calls = {name_of(file): list(careless_opens(file.read_text(encoding="utf-8"))) for file in FILES}
    assert {name: careless for name, careless in calls.items() if careless} == {}


@pytest.mark.parametrize(
    "text",
    [
        "path.read_text()",
        "path.write_text(text, encoding='utf-8')",
        "path.open()",
        "path.open('w', encoding='utf-8')",
        "open(path, 'a', newline='')",
        "subprocess.run(command, text=True)",
    ],
)
def test_a_careless_call_is_noticed(text):
    assert len(list(careless_opens(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "path.read_text(encoding='utf-8')",
        "path.open('rb')",
        "open(path, 'wb')",
        "path.open('x', encoding='utf-8', newline='\\n')",
        "os.open(path, flags)",
        "subprocess.run(command, encoding='utf-8')",
    ],
)
def test_a_careful_call_is_not(text):
    assert list(careless_opens(text)) == []
