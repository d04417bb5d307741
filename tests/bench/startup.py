"""Start-up of offline commands beside the smallest click program, and `up` with a warm and a cold emulator."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TITLE = "Start-up and the main job"
ROOT = Path(__file__).parents[2]
MINIMAL = "import click\n@click.command()\ndef main():\n    'Say nothing.'\nmain()\n"


def median(words: list[str], runs: int = 15) -> float:
    """Median wall seconds of a command."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, cwd=ROOT)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def run() -> list[tuple[str, ...]]:
    """Rows: what, seconds, ratio to the minimal program, goal."""
    provisioner = str(Path(sys.executable).with_name("provisioner"))
    rows = [("what", "seconds", "ratio", "goal")]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "minimal.py"
        script.write_text(MINIMAL)
        base = median([sys.executable, str(script), "--help"])
        rows.append(("minimal click --help", f"{base:.3f}", "1.00", ""))
        for words, goal in ((["--help"], "1.5"), (["validate", "examples/quickstart"], "3")):
            seconds = median([provisioner, *words])
            rows.append((" ".join(words), f"{seconds:.3f}", f"{seconds / base:.2f}", goal))
        project = Path(folder) / "quickstart"
        shutil.copytree(ROOT / "examples" / "quickstart", project, ignore=shutil.ignore_patterns(".provisioner"))
        up = [provisioner, "up", str(project), "-e", "local"]
        for what, goal in (("up, cold emulator", "5 s"), ("up, warm emulator, nothing to do", "3 s")):
            rows.append((what, f"{median(up, 1 if 'cold' in what else 5):.2f}", "", goal))
        subprocess.run([provisioner, "emulator", "stop", "--state", str(project / ".provisioner")], check=True)
    return rows
