"""Drive letters, backslashes, spaces and foreign characters: what a project may read, and how files are named."""

from __future__ import annotations

import json
import ntpath
import os
import subprocess
import sys
import types
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.emulator import lifecycle
from provisioner.load import includes
from provisioner.load.yaml import project_files, source_text
from provisioner.load.yaml.nodes import MappingNode, ScalarNode
from provisioner.load.yaml.project_files import ProjectFiles
from provisioner.load.yaml.source_text import SourceText, UnreadableFile
from provisioner.reports import sarif
from tests.support.paths import EXAMPLES

ROOT = r"C:\Projects\My Shop"
MANIFEST = PureWindowsPath(ROOT) / "provisioner.yaml"
PARTS = [
    "tables",
    "a b.yaml",
    "日本.yaml",
    "..",
    ".",
    "C:",
    "c:",
    "D:",
    "",
    "...",
    "*.yaml",
    "Projects",
    "MY SHOP",
    "NUL",
]
written_paths = st.builds(
    lambda start, parts, separator: start + separator.join(parts),
    st.sampled_from(
        ["", "", "\\", "/", "C:\\", "c:/projects/my shop/", "D:\\", "C:", "D:", "\\\\server\\share\\", "\\\\?\\C:\\"]
    ),
    st.lists(st.sampled_from(PARTS), max_size=6),
    st.sampled_from(["\\", "/"]),
)


@pytest.fixture(scope="module")
def windows_paths():
    """Paths as on Windows. Without that system a path has no links, so its real path is what its text says."""
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(project_files, "Path", PureWindowsPath)
        patches.setattr(project_files, "os", types.SimpleNamespace(path=ntpath))
        patches.setattr(includes, "Path", PureWindowsPath)
        yield


def is_below(path, root=ROOT):
    """Whether a path lies in a directory, by text alone."""
    folded = ntpath.normcase(ntpath.normpath(path))
    return folded == ntpath.normcase(root) or folded.startswith(ntpath.normcase(root) + "\\")


@given(written_paths)
def test_on_windows_no_path_leads_out_of_the_project(windows_paths, written):
    files = ProjectFiles(PureWindowsPath(ROOT))
    expected = ntpath.normpath(ntpath.join(ROOT, written))
    try:
        path = files.resolve_path(MANIFEST, written)
    except UnreadableFile:
        # Also refused on Windows itself: what is no file's name there, such as one with a colon.
        assert not is_below(expected) or ":" in ntpath.splitdrive(written)[1]
    else:
        assert is_below(expected)
        assert is_below(str(path))


@given(
    st.lists(st.sampled_from(["tables", "a b", "日本", "x.yaml"]), min_size=1, max_size=4), st.sampled_from(["\\", "/"])
)
def test_on_windows_every_path_without_a_way_up_stays_in_the_project(windows_paths, parts, separator):
    path = ProjectFiles(PureWindowsPath(ROOT)).resolve_path(MANIFEST, separator.join(parts))
    assert path == PureWindowsPath(ROOT, *parts)


@pytest.mark.parametrize("written", [r"c:\projects\MY SHOP\x.yaml", "../my shop/x.yaml", r"tables\..\x.yaml"])
def test_on_windows_the_case_of_a_directory_does_not_matter(windows_paths, written):
    assert ProjectFiles(PureWindowsPath(ROOT)).resolve_path(MANIFEST, written) == PureWindowsPath(ROOT, "x.yaml")


@pytest.mark.parametrize(
    "pattern", [r"C:\Projects\My Shop\*.yaml", r"\Windows\*.ini", "C:*.yaml", "D:x.yaml", r"\\server\share\x"]
)
def test_on_windows_an_include_with_a_drive_or_a_root_is_refused(windows_paths, pattern):
    source = SourceText(Path("provisioner.yaml"), f"include: ['{pattern}']")
    item = ScalarNode(source, 10, len(source.text) - 1, pattern, value=pattern, style="'")
    merger = includes._IncludeMerger(MappingNode(source, 0, 0), ProjectFiles(PureWindowsPath(ROOT)), set())
    assert merger.matching_files(item, MANIFEST) == []
    assert [diagnostic.code for diagnostic in merger.diagnostics] == ["INC003"]


@pytest.mark.parametrize(
    ("flavour", "name", "uri"),
    [
        (PureWindowsPath, "C:/My Shop/tables/é.yaml", "file:///C:/My%20Shop/tables/%C3%A9.yaml"),
        (PureWindowsPath, "//server/share/x.yaml", "file://server/share/x.yaml"),
        (PureWindowsPath, "My Shop/x#1.yaml", "My%20Shop/x%231.yaml"),
        (PureWindowsPath, "../shop/x.yaml", "../shop/x.yaml"),
        (PurePosixPath, "/my shop/x.yaml", "file:///my%20shop/x.yaml"),
        (PurePosixPath, "my shop/x.yaml", "my%20shop/x.yaml"),
    ],
)
def test_a_file_in_sarif_is_a_uri(monkeypatch, flavour, name, uri):
    monkeypatch.setattr(sarif, "PurePath", flavour)
    assert sarif._uri(name) == uri


def test_files_are_named_with_forward_slashes(monkeypatch):
    """Pipelines look for them in the repository, and reports are compared."""
    monkeypatch.setattr(source_text, "relative_path", lambda path, _start: PureWindowsPath("shop", path))
    assert source_text.display_path(PureWindowsPath("tables", "x.yaml")) == "shop/tables/x.yaml"


@pytest.fixture
def project(tmp_path):
    """The first example, in a folder as people name theirs."""
    folder = tmp_path / "Bestellungen für 日本 'neu'"
    for file in (EXAMPLES / "quickstart").rglob("*"):
        if file.is_file() and ".provisioner" not in file.parts:
            target = folder / file.relative_to(EXAMPLES / "quickstart")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    yield folder
    lifecycle.stop(folder / ".provisioner")


def provisioner(*arguments, cwd, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "provisioner", *map(str, arguments)],
        capture_output=True,
        cwd=cwd,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode()


def test_a_project_in_a_folder_of_any_name_goes_all_the_way(project):
    """From its own directory and from elsewhere, with a saved plan in a folder of such a name."""
    provisioner("plan", "-e", "local", "--out", "plan für heute.json", cwd=project)
    provisioner("apply", project / "plan für heute.json", cwd=project.parent)
    assert "1 flow arrived" in provisioner("up", project, "-e", "local", cwd=project.parent)
    state = project / ".provisioner"
    ready = json.loads(provisioner("emulator", "env", "--state", state, "--shell", "json", cwd=project.parent))
    assert Path(ready["ca_file"]) == state / "ca.pem"
    report = json.loads(provisioner("drift", "-e", "local", "--format", "sarif", cwd=project))
    assert report["runs"][0]["results"] == []
