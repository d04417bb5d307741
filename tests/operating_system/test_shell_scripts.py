"""`emulator env` gives a shell exactly the values, whatever characters the folder's name has and the console lacks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.emulator.client_environment import environment_variables, shell_script
from provisioner.emulator.lifecycle import ReadyLine

ASSIGNMENT = re.compile(r"\$env:(\w+) = (.+)")
# A text in quotes, in which a quote is written twice, or a character by its number.
TERM = re.compile(r"'(?P<text>(?:[^'\u2018\u2019\u201a\u201b]|'')*)'|\[char\]0x(?P<unit>[0-9A-F]{4})")
PATHS = [
    r"C:\Users\Jürgen O'Neil\.provisioner\ca.pem",
    "C:\\Users\\O\u2019Neil\\日本 🎉\\ca.pem",
    r"\\server\share\a b\$env:PATH\`n\ca.pem",
    "/home/günther/a 'b' \"c\" $HOME `id`/ca.pem",
    "é",
    "",
]


def ready_line(ca_file):
    values = {field.name: "value" for field in fields(ReadyLine)} | {"pid": 1, "ca_file": ca_file}
    return ReadyLine(**values)


def value_in_powershell(expression):
    """The value of a sum of quoted texts and characters; any other form is not in the language that we write."""
    units, position = b"", 0
    while True:
        term = TERM.match(expression, position)
        assert term, expression[position:]
        if term["unit"]:
            assert position, "a character first would make it a sum of numbers"
            units += bytes.fromhex(term["unit"])
        else:
            units += term["text"].replace("''", "'").encode("utf-16-be")
        position = term.end()
        if position == len(expression):
            return units.decode("utf-16-be", "surrogatepass")
        assert expression.startswith(" + ", position)
        position += 3


def variables_in_powershell(script):
    *lines, hint = script.split("\n")
    assert hint.startswith("# ")
    assignments = [ASSIGNMENT.fullmatch(line) for line in lines]
    return {assignment[1]: value_in_powershell(assignment[2]) for assignment in assignments}


@pytest.mark.parametrize("path", PATHS)
def test_powershell_gets_the_values(path):
    ready = ready_line(path)
    assert variables_in_powershell(shell_script(ready, "powershell")) == environment_variables(ready)


@given(st.text(st.characters(exclude_categories=())))
def test_powershell_gets_any_text_through_a_console_of_any_code_page(path):
    script = shell_script(ready_line(path), "powershell")
    assert script.isascii()
    assert variables_in_powershell(script)["SSL_CERT_FILE"] == path


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh on this system")
@pytest.mark.parametrize("path", PATHS)
def test_sh_gets_the_values(path):
    ready = ready_line(path)
    command = ["sh", "-c", 'eval "$1"; env -0', "sh", shell_script(ready, "sh")]
    printed = subprocess.run(command, capture_output=True, check=True, env={"PATH": os.environ["PATH"]}).stdout
    environment = dict(entry.split("=", 1) for entry in printed.decode().split("\0") if entry)
    assert environment_variables(ready).items() <= environment.items()


@pytest.mark.skipif(shutil.which("pwsh") is None, reason="there is no PowerShell on this system")
@pytest.mark.parametrize("path", PATHS)
def test_a_real_powershell_gets_the_values(path):
    ready = ready_line(path)
    code = f"{shell_script(ready, 'powershell')}\n[Text.Encoding]::UTF8.GetBytes($env:SSL_CERT_FILE) -join ' '"
    printed = subprocess.run(["pwsh", "-NoProfile", "-Command", code], capture_output=True, check=True).stdout
    assert bytes(map(int, printed.split())).decode() == path
