"""Every command prints to a stream that is not UTF-8: nothing raises, and what programs read stays UTF-8."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

import provisioner
from provisioner.cli import output_encoding
from provisioner.cli.output_encoding import ASCII_FORMS, ERROR_HANDLER, prepare_streams
from provisioner.kql.syntax.lexer import TYPOGRAPHIC_SIGNS
from tests.golden.recorded import file_of, play
from tests.golden.runs import Outcome, run_encoded, workplace
from tests.golden.stories import Story, stories
from tests.support import fake_windows
from tests.support.manifests import write_manifest

posix = pytest.mark.skipif(os.name != "posix", reason="what Windows does is tested above")
PACKAGE = Path(provisioner.__file__).parent
OFFLINE = {"help", "usage", "reference", "validate", "test", "render", "init", "import", "emulator"}
STORIES = list(stories())
# Signs that are data: full stops of host names, what stands for broken text, and a value of test records.
DATA_SIGNS = set("。．｡\ufffd🎉") | set(TYPOGRAPHIC_SIGNS)


def in_code_page(text, encoding="cp1252"):
    """The text as a reader of that encoding gets it."""
    prepare_streams()
    return text.encode(encoding, ERROR_HANDLER).decode(encoding)


def run_in_code_page(words):
    """A command line with streams of Windows' code page for Western Europe, chosen by the user."""
    with patch.dict(os.environ, PYTHONIOENCODING="cp1252"):
        code, out, err = run_encoded(words, "cp1252")
    is_for_programs = re.search(r"--(?:format|shell) (?!text)|^(?:render|schema|import)\b", words)
    return Outcome(code, out.decode("utf-8" if is_for_programs else "cp1252"), err.decode("cp1252"))


@posix  # what is recorded has the paths of POSIX
@pytest.mark.parametrize("story", [story for story in STORIES if story.name in OFFLINE], ids=lambda story: story.name)
def test_every_command_says_the_same_in_other_signs(story: Story, tmp_path):
    for case, text in play(story, tmp_path.resolve(), run_in_code_page).items():
        assert in_code_page(text) == in_code_page(file_of(case).read_text(encoding="utf-8")), case


@pytest.mark.parametrize(
    "story", [story for story in STORIES if story.name == "quickstart"], ids=lambda story: story.name
)
def test_the_commands_that_go_online_end_as_they_do_in_utf_8(story: Story, tmp_path):
    for case, text in play(story, tmp_path.resolve(), run_in_code_page).items():
        # Progress comes in any order, and is sorted by signs that are not there.
        assert text.splitlines()[:2] == file_of(case).read_text(encoding="utf-8").splitlines()[:2], case


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii", "cp932"])
def test_a_process_prints_foreign_characters_in_any_encoding(tmp_path, encoding):
    """A manifest with characters that the encoding lacks, in a real process."""
    write_manifest(tmp_path, "tags: {'→ 日本': '✓ é'}\ntables: {Größe: {columns: {TimeGenerated: datetime}}}\n")
    environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}

    def provisioner(*arguments):
        command = [sys.executable, "-m", "provisioner", "validate", str(tmp_path), *arguments]
        return subprocess.run(command, capture_output=True, env=environment, check=False, timeout=60)

    text, data = provisioner(), provisioner("--format", "json")
    assert (text.returncode, data.returncode, text.stderr) == (1, 1, b"")
    assert b"NAM003" in text.stdout
    names = [item["message"] for item in json.loads(data.stdout.decode("utf-8"))["diagnostics"]]
    assert any("'Größe'" in name for name in names)


@given(
    st.text(st.characters(exclude_categories=())),
    st.sampled_from(["cp1252", "cp437", "ascii", "latin-1", "cp932", "utf-8"]),
)
def test_any_text_has_a_form_in_any_encoding(text, encoding):
    """And what the encoding has is left as it is."""
    shown = in_code_page(text, encoding)
    characters = [character for character in text if _has(encoding, character)]
    rest = iter(shown)
    assert all(character in rest for character in characters)


def _has(encoding, character):
    """Whether the encoding has it; some have only a wider form of a few characters."""
    return character.encode(encoding, "ignore").decode(encoding) == character


def test_every_sign_that_we_print_has_a_form_in_ascii():
    """Signs are in strings of the code, and in none of its documentation."""
    assert signs_of_the_package() - DATA_SIGNS == set(ASCII_FORMS)
    assert all(form.isascii() for form in ASCII_FORMS.values())


def signs_of_the_package():
    return {
        character
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for character in node.value
        if not character.isascii() and unicodedata.category(character)[0] in "SP"
    }


def test_what_programs_read_is_the_same_bytes_in_any_encoding(tmp_path):
    with workplace(tmp_path):
        for words in (
            "schema",
            "render several",
            "validate mistaken --format sarif",
            "validate mistaken --format junit",
        ):
            assert run_encoded(words, "cp1252") == run_encoded(words, "utf-8")


class Terminal(io.TextIOWrapper):
    """A stream that says that it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def on_windows(monkeypatch):
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    with fake_windows.windows_names():
        monkeypatch.setattr(output_encoding, "PIPE_FORMAT", fake_windows.load_windows_branch().PIPE_FORMAT)


def printed(stream_type, monkeypatch):
    """What a line becomes on a stream as Python opens it on Windows."""
    stream = stream_type(io.BytesIO(), "cp1252", newline="\r\n")
    with monkeypatch.context() as context:
        context.setattr(sys, "stdout", stream)
        prepare_streams()
    stream.write("✓ é\n")
    stream.flush()
    return stream.buffer.getvalue()


def test_on_windows_a_pipe_gets_utf_8_and_line_feeds(on_windows, monkeypatch):
    """As of every other tool; a shell that evaluates `emulator env` would keep the carriage returns."""
    assert printed(io.TextIOWrapper, monkeypatch) == "✓ é\n".encode()


def test_on_windows_the_encoding_that_the_user_chose_stays(on_windows, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    assert printed(io.TextIOWrapper, monkeypatch) == "+ é\n".encode("cp1252")


def test_a_terminal_keeps_its_encoding(on_windows, monkeypatch):
    assert printed(Terminal, monkeypatch) == "+ é\r\n".encode("cp1252")


@posix
def test_elsewhere_a_pipe_keeps_its_encoding(monkeypatch):
    assert printed(io.TextIOWrapper, monkeypatch) == "+ é\r\n".encode("cp1252")
