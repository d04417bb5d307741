"""Files that are no manifests: refused with a message at a position, and never with a traceback or a hang."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner import load
from provisioner.load.yaml.composer import MAX_ALIASED_VALUES
from tests.support.paths import ROOT

HEAD = """\
version: 1
name: shop
workspace: {name: law-shop}
target: {subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg, location: westeurope}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def only(document):
    assert document.manifest is None
    (diagnostic,) = document.diagnostics
    assert diagnostic.hint
    assert diagnostic.place is not None
    return diagnostic


def test_a_manifest_that_is_not_there(project):
    diagnostic = only(load.load_document("none.yaml"))
    assert (diagnostic.code, str(diagnostic.place)) == ("INC001", "none.yaml:1:1")


def test_a_directory_without_a_manifest(project):
    assert str(only(load.load_document(".")).place) == "provisioner.yaml:1:1"


def test_a_directory_where_a_file_is_named(project):
    Path("parts.yaml").mkdir()
    Path("provisioner.yaml").write_text(f"{HEAD}include: [parts.yaml]\n")
    assert only(load.load_document(".")).message == "parts.yaml is a directory"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(project):
    Path("provisioner.yaml").write_text(HEAD)
    Path("provisioner.yaml").chmod(0)
    assert only(load.load_document(".")).message == "provisioner.yaml cannot be read: permission denied"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes in directories")
def test_a_pipe_is_not_waited_for(project):
    os.mkfifo("provisioner.yaml")
    assert only(load.load_document(".")).message == "provisioner.yaml is not a regular file"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused(project, encoding):
    Path("provisioner.yaml").write_bytes(HEAD.encode(encoding))
    assert only(load.load_document(".")).hint == "save it as UTF-8"


def test_other_encodings_are_refused_at_the_byte(project):
    Path("provisioner.yaml").write_bytes(f"{HEAD}tags: {{a: Größe}}\n".encode("latin-1"))
    diagnostic = only(load.load_document("."))
    assert (diagnostic.message, str(diagnostic.place)) == ("byte 0xf6 is not UTF-8", "provisioner.yaml:5:13")


def test_nul_is_refused_at_its_position(project):
    Path("provisioner.yaml").write_bytes(f"{HEAD}tags: {{a: x\0y}}\n".encode())
    diagnostic = only(load.load_document("."))
    assert (diagnostic.code, str(diagnostic.place)) == ("YAML005", "provisioner.yaml:5:12")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(project, newline, mark):
    text = mark + f"{HEAD}tags: {{a: b}}\ndcr: 1\n".replace("\n", newline)
    Path("provisioner.yaml").write_bytes(text.encode())
    document = load.load_document(".")
    assert document.manifest.tags == {"a": "b"}
    assert [str(diagnostic.place) for diagnostic in document.diagnostics] == ["provisioner.yaml:6:1"]


def test_what_yaml_1_1_takes_for_line_breaks_is_text(project):
    Path("provisioner.yaml").write_text(f"{HEAD}tags: {{a: 'x\u2028y\x85z'}}\nq: 1\n", encoding="utf-8")
    document = load.load_document(".")
    assert document.manifest.tags == {"a": "x\u2028y\x85z"}
    assert [str(diagnostic.place) for diagnostic in document.diagnostics] == ["provisioner.yaml:6:1"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "~\n"])
def test_an_empty_file(project, text):
    Path("provisioner.yaml").write_text(text)
    assert only(load.load_document(".")).message == "the manifest is empty"


@pytest.mark.parametrize(("text", "what"), [("[]", "a list"), ("hello", "the text 'hello'"), ("3", "the number 3")])
def test_a_file_that_is_no_mapping(project, text, what):
    Path("provisioner.yaml").write_text(text)
    assert only(load.load_document(".")).message == f"a manifest is a mapping, and this is {what}"


def test_a_file_of_100_megabytes_is_refused_without_reading_it(project):
    with Path("provisioner.yaml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    assert only(load.load_document(".")).message == "provisioner.yaml has 100 MB; a file of a project may have 16 MB"


def test_an_alias_bomb_is_refused_with_a_message(project):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    Path("provisioner.yaml").write_text(HEAD + "\n".join(lines))
    assert only(load.load_document(".")).message == f"aliases repeat more than {MAX_ALIASED_VALUES:,} values"


@pytest.mark.parametrize("bracket", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_with_a_message(project, bracket):
    Path("provisioner.yaml").write_text(bracket * 20_000)
    assert only(load.load_document(".")).code in {"YAML006", "YAML001"}


def test_deep_json_is_refused_with_a_message(project):
    Path("a.json").write_text('[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]")
    Path("provisioner.yaml").write_text(
        f"{HEAD}streams: {{Custom-A: {{table: A_CL, columns: {{A: string}}, samples: {{file: a.json}}}}}}\n"
    )
    assert [diagnostic.code for diagnostic in load.load_document(".").diagnostics] == ["MAN010"]


def test_a_link_out_of_the_project_is_refused(project, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text("tables: {A_CL: {}}")
    Path("parts").mkdir()
    Path("parts/a.yaml").symlink_to(outside)
    Path("provisioner.yaml").write_text(f"{HEAD}include: ['parts/*.yaml']\n")
    diagnostic = only(load.load_document("."))
    assert (diagnostic.code, str(diagnostic.place)) == ("INC003", "provisioner.yaml:5:11")


def test_a_link_in_a_circle_is_refused(project):
    Path("a.yaml").symlink_to("a.yaml")
    Path("provisioner.yaml").write_text(f"{HEAD}include: [a.yaml]\n")
    assert only(load.load_document(".")).code in {"INC001", "INC002", "INC003"}


def test_a_manifest_may_itself_be_reached_through_a_link(project, tmp_path_factory):
    real = tmp_path_factory.mktemp("real")
    (real / "provisioner.yaml").write_text(f"{HEAD}include: [a.yaml]\n")
    (real / "a.yaml").write_text("tables: {A_CL: {columns: {TimeGenerated: datetime}}}")
    Path("here").symlink_to(real)
    document = load.load_document("here")
    assert document.diagnostics == ()
    assert "A_CL" in document.manifest.tables


def test_the_pure_parser_reads_the_same(project):
    """Where PyYAML has no C parser, its own is used."""
    script = """
import sys, yaml
del yaml.CSafeLoader
from provisioner import load
document = load.load_document(sys.argv[1])
assert document.manifest, document.diagnostics
positions = [str(diagnostic.place) for diagnostic in document.diagnostics]
print(document.manifest == None, positions, document.place(("tables", "Orders_CL")))
"""
    import subprocess

    example = str(ROOT / "examples" / "quickstart")
    pure = subprocess.run([sys.executable, "-c", script, example], capture_output=True, text=True, check=True)
    fast = subprocess.run(
        [sys.executable, "-c", script.replace("del yaml.CSafeLoader", ""), example],
        capture_output=True,
        text=True,
        check=True,
    )
    assert pure.stdout == fast.stdout


SOURCES = [path.read_text() for path in sorted(ROOT.glob("examples/*/provisioner.yaml"))] or [HEAD]
PIECES = [
    "\t",
    "  ",
    "\n",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "|",
    ">",
    "&a ",
    "*a",
    "<<: ",
    "!!x ",
    "#",
    "$(",
    "$",
]
PIECES += ["null", "~", "- - -", "\ufeff", "\u2028", "é", "😀", "---\n", "...", "% ", "@", "`", ", ", "? ", "030", "\\"]


def mutate(text: str, seed: int, times: int) -> str:
    """Some characters removed, doubled, or strange ones put in."""
    chance = random.Random(seed)
    for _ in range(times):
        at = chance.randrange(len(text) + 1)
        to = min(len(text), at + chance.choice([0, 1, 3, 20, 200]))
        piece = chance.choice([*PIECES, text[at:to] * 2, "", text[: chance.randrange(80)]])
        text = text[:at] + piece + text[to:]
    return text


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SOURCES), st.integers(0, 2**32), st.integers(1, 8), st.sampled_from([None, "prod", "local"]))
def test_any_text_is_loaded_or_refused_at_a_position(tmp_path_factory, text, seed, times, environment):
    """No mutation of a manifest gives a traceback; every diagnostic has a position that is in its file."""
    path = tmp_path_factory.getbasetemp() / "fuzz" / "provisioner.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(mutate(text, seed, times), encoding="utf-8", newline="")
    document = load.load_document(path, environment)
    assert document.manifest is not None or document.diagnostics
    for diagnostic in document.diagnostics:
        assert diagnostic.code in load.CODES
        assert diagnostic.place is not None
        assert (diagnostic.place.line, diagnostic.place.column) >= (1, 1)
        assert (diagnostic.place.end_line, diagnostic.place.end_column) >= (
            diagnostic.place.line,
            diagnostic.place.column,
        )
        assert diagnostic.place.line <= path.read_text(encoding="utf-8").count("\n") + 2
    document.raw  # noqa: B018 - it must not raise either


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_loaded_or_refused_at_a_position(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "fuzz" / "provisioner.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    document = load.load_document(path)
    assert document.diagnostics
    assert all(diagnostic.place for diagnostic in document.diagnostics)
