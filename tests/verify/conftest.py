"""Environments that are applied to an empty emulator."""

from __future__ import annotations

import pytest

from tests.support.verifying import MANIFEST, Environment


@pytest.fixture
def applied(tmp_path, azure_monitor):
    """Applies a manifest to an empty emulator."""
    opened = []

    def make(text=MANIFEST):
        opened.append(Environment.applied(tmp_path, azure_monitor, text))
        return opened[-1]

    yield make
    for environment in opened:
        environment.azure.close()
