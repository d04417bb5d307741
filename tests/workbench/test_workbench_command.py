"""The command: what it refuses before it serves anything."""

from __future__ import annotations

import pytest

from provisioner.cli.main import run
from tests.support.manifests import write_manifest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "there is no file"),
        (["provisioner.yaml", "-e", "nowhere"], "there is no environment 'nowhere'"),
        (["provisioner.yaml", "--port", "70000"], "70000 is not in the range"),
    ],
)
def test_what_was_mistyped_is_refused_in_words(arguments, said, tmp_path, monkeypatch, capsys):
    write_manifest(tmp_path, "")
    monkeypatch.chdir(tmp_path)
    assert run(["workbench", "--no-browser", *arguments]) != 0
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
