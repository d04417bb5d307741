"""Options of the test run."""

from __future__ import annotations


def pytest_addoption(parser):
    """`--live` takes tests marked `live` as they are to the subscription that the environment names."""
    parser.addoption("--live", action="store_true", help="run tests marked `live` against Azure, not the emulator")
