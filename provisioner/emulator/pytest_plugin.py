"""Fixtures for users' own tests: a local Azure Monitor for each test, or one for the whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from provisioner.emulator.testing import AzureMonitor


def _run_emulator(state_directory: Path) -> Iterator[AzureMonitor]:
    import os

    from provisioner.emulator import lifecycle
    from provisioner.emulator.testing import AzureMonitor

    # An interrupted run tears no fixture down: the server ends when it sees that its owner is gone.
    yield AzureMonitor(lifecycle.ensure_running(state_directory, owner=os.getpid()))
    lifecycle.stop(state_directory)


@pytest.fixture(scope="session")
def azure_monitor_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureMonitor]:
    """One emulator for the whole run; tests share what they write."""
    yield from _run_emulator(tmp_path_factory.mktemp("azure-monitor-session"))


@pytest.fixture(scope="session")
def _azure_monitor_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureMonitor]:
    yield from _run_emulator(tmp_path_factory.mktemp("azure-monitor"))


@pytest.fixture
def azure_monitor(_azure_monitor_server: AzureMonitor) -> AzureMonitor:
    """An empty emulator for one test."""
    _azure_monitor_server.reset()
    return _azure_monitor_server
