"""Options of the test run."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

# Hypothesis fails an example that takes 0.2 s: on a busy machine that says nothing about the code.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")

if sys.platform == "win32":
    _read_text, _write_text = Path.read_text, Path.write_text

    def _read_utf_8(path, encoding="utf-8", errors=None):
        return _read_text(path, encoding, errors)

    def _write_utf_8(path, text, encoding="utf-8", errors=None, newline="\n"):
        return _write_text(path, text, encoding, errors, newline)

    # Tests write files as they are everywhere and read what we wrote: not in the code page, nor with its line ends.
    Path.read_text, Path.write_text = _read_utf_8, _write_utf_8


def pytest_addoption(parser):
    """`--live` takes tests marked `live` as they are to the subscription that the environment names."""
    parser.addoption("--live", action="store_true", help="run tests marked `live` against Azure, not the emulator")
