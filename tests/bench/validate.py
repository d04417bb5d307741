"""How long `validate` takes on large projects and how much memory, start of the program included."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from tests.bench._project import generate

TITLE = "validate on large projects"


def run(sizes: tuple[int, ...] = (1000, 4000)) -> list[tuple[str, str, str]]:
    """What was measured, the value, and what is asked of it; the first row is the head."""
    rows = [("what", "measured", "asked")]
    taken = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            taken[size], megabytes = measure(generate(Path(folder), size))
        asked = ("< 8 s", "< 400 MB") if size == 1000 else ("", "")
        rows.append((f"{size} tables, time", f"{taken[size]:.2f} s", asked[0]))
        rows.append((f"{size} tables, memory", f"{megabytes:.0f} MB", asked[1]))
    for first, last in pairwise(sizes):
        rows.append((f"{first} → {last} tables", f"{taken[last] / taken[first]:.2f}×", "≤ 4.6×"))
    return rows


def measure(manifest: Path, runs: int = 3) -> tuple[float, float]:
    """The best of a few runs: seconds, and megabytes at the most."""
    return min(_once(manifest) for _ in range(runs))


def _once(manifest: Path) -> tuple[float, float]:
    program = Path(sys.executable).with_name("provisioner")
    start = time.perf_counter()
    child = subprocess.Popen([program, "validate", manifest], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"validate ended with {child.returncode}")
    return seconds, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
