"""Fixtures for users' own tests: a local Azure Monitor for each test, or one for the whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from provisioner.emulator.testing import AzureMonitor


def _run(state: Path) -> Iterator[AzureMonitor]:
    import os

    from provisioner.emulator import lifecycle
    from provisioner.emulator.testing import AzureMonitor

    # An interrupted run tears nothing down; the server then sees that its owner is gone.
    yield AzureMonitor(lifecycle.ensure(state, owner=os.getpid()))
    lifecycle.stop(state)


@pytest.fixture(scope="session")
def azure_monitor_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureMonitor]:
    """One emulator for the whole run; tests share what they write."""
    yield from _run(tmp_path_factory.mktemp("azure-monitor-session"))


@pytest.fixture(scope="session")
def _azure_monitor_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureMonitor]:
    yield from _run(tmp_path_factory.mktemp("azure-monitor"))


@pytest.fixture
def azure_monitor(_azure_monitor_server: AzureMonitor) -> AzureMonitor:
    """An empty emulator for one test."""
    _azure_monitor_server.reset()
    return _azure_monitor_server
