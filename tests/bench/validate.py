"""How long `validate` takes on large projects and how much memory, each measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from tests.bench._project import generate

TITLE = "validate on large projects"
_PROGRAM = """
import resource, sys, time
from pathlib import Path
start = time.perf_counter()
from provisioner import validate
told = validate.check_all(Path(sys.argv[1]), {})
seconds = time.perf_counter() - start
assert not told, told[:3]
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


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


def measure(manifest: Path) -> tuple[float, float]:
    """Seconds and megabytes of one run."""
    command = [sys.executable, "-c", _PROGRAM, str(manifest)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True
    )
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes
