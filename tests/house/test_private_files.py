"""Private files and directories: whatever the umask and whatever was there before, with file modes and without."""

from __future__ import annotations

import contextlib
import os
import stat
import threading

import pytest

from provisioner import private_files
from provisioner.private_files import make_private_directory, open_private, tighten, write_private_text

with_modes = pytest.mark.skipif(os.name != "posix", reason="file modes mean nothing on this system")


@pytest.fixture(params=[0, 0o022, 0o077], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.fixture
def without_modes(monkeypatch):
    """A system like Windows: no modes, no fchmod, no user ids."""
    monkeypatch.setattr(private_files.sys, "platform", "win32")
    for name in ("fchmod", "geteuid"):
        monkeypatch.delattr(os, name, raising=False)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@with_modes
def test_a_new_directory_is_for_its_owner_alone(tmp_path, umask):
    make_private_directory(tmp_path / "new" / "state")
    assert mode(tmp_path / "new" / "state") == 0o700


@with_modes
@pytest.mark.parametrize("before", [0o755, 0o777, 0o700, 0o711])
def test_an_open_directory_becomes_private(tmp_path, before):
    tmp_path.chmod(before)
    make_private_directory(tmp_path)
    assert mode(tmp_path) == 0o700


@with_modes
def test_a_directory_that_others_share_keeps_its_mode_and_its_files(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "of-others").touch()
    (shared / "of-others").chmod(0o644)
    shared.chmod(0o1777)
    make_private_directory(shared)
    tighten(shared)
    assert (mode(shared), mode(shared / "of-others")) == (0o1777, 0o644)


@with_modes
@pytest.mark.parametrize("how", ["w", "a", "x", "wb", "ab", "xb"])
def test_a_file_is_private_in_every_mode_of_opening(tmp_path, umask, how):
    with open_private(tmp_path / "file", how) as file:
        assert mode(tmp_path / "file") == 0o600
        file.write(b"x" if "b" in how else "x")


@with_modes
@pytest.mark.parametrize(("how", "content"), [("a", "old new"), ("w", " new")])
def test_an_open_file_becomes_private_and_keeps_its_content_where_it_is_appended_to(tmp_path, how, content):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o666)
    with open_private(path, how) as file:
        file.write(" new")
    assert (mode(path), path.read_text()) == (0o600, content)


@with_modes
def test_a_file_written_whole_is_private_and_leaves_nothing_beside_it(tmp_path, umask):
    path = tmp_path / "secret.json"
    path.write_text("old")
    path.chmod(0o666)
    write_private_text(path, "é\n")
    assert (mode(path), path.read_bytes()) == (0o600, "é\n".encode())
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_text_and_nothing_beside_it(tmp_path):
    path = tmp_path / "secret.json"
    write_private_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_private_text(path, "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_sees_the_old_text_or_the_new(tmp_path):
    path = tmp_path / "ready.json"
    texts = {letter * 100_000 for letter in "ab"}
    write_private_text(path, "a" * 100_000)
    seen = set()
    ended = threading.Event()

    def read():
        while not ended.is_set():
            # On Windows a file that is just replaced may be refused for a moment.
            with contextlib.suppress(PermissionError if os.name == "nt" else ()):
                seen.add(path.read_text(encoding="utf-8"))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(50):
        for text in sorted(texts):
            write_private_text(path, text)
    ended.set()
    reader.join()
    assert seen <= texts


@with_modes
def test_old_files_lose_the_access_of_others_and_keep_that_of_their_owner(tmp_path):
    for name, before in (("rows.db", 0o644), ("log", 0o666), ("script", 0o755), ("locked", 0o400)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(before)
    tighten(tmp_path)
    assert {path.name: mode(path) for path in tmp_path.iterdir()} == {
        "rows.db": 0o600,
        "log": 0o600,
        "script": 0o700,
        "locked": 0o400,
    }


@with_modes
def test_links_are_not_followed(tmp_path):
    state, elsewhere = tmp_path / "state", tmp_path / "elsewhere"
    state.mkdir()
    elsewhere.touch()
    elsewhere.chmod(0o644)
    (state / "link").symlink_to(elsewhere)
    tighten(state)
    assert mode(elsewhere) == 0o644


def test_without_file_modes_the_same_files_are_written(tmp_path, without_modes):
    state = tmp_path / "a folder" / "state"
    make_private_directory(state)
    make_private_directory(state)
    write_private_text(state / "text", "line\n")
    with open_private(state / "log", "ab") as log:
        log.write(b"bytes")
    tighten(state)
    assert {path.name: path.read_bytes() for path in state.iterdir()} == {"text": b"line\n", "log": b"bytes"}
