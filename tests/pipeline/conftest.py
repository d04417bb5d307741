"""A project of its own for each test, with the emulator that its commands start."""

from __future__ import annotations

import shutil

import pytest

from provisioner.emulator.lifecycle import stop
from tests.support.paths import EXAMPLES


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """The quickstart in a directory of its own."""
    folder = tmp_path / "shop"
    shutil.copytree(EXAMPLES / "quickstart", folder, ignore=shutil.ignore_patterns(".provisioner"))
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    yield folder
    stop(folder / ".provisioner")
