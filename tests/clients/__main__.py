"""`python -m tests.clients [NAME…]`: each client's journey against a fresh emulator; what is missing is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from provisioner.emulator import lifecycle
from provisioner.emulator.client_environment import environment_variables

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Journey:
    """A client: the program it needs, how it is made ready (once, in a folder of its own) and what is run."""

    name: str
    needs: str
    run: list[str]
    prepare: list[str] | None = None
    seconds: int = 120
    slow: bool = False


PRINTED = f"{sys.executable} -m tests.clients.printed_senders"
"""Runs what `outputs` prints for a sender."""
JOURNEYS = (
    Journey("curl", "curl", ["sh", str(HERE / "journey.sh")]),
    Journey("python", sys.executable, [sys.executable, str(HERE / "journey.py")]),
    Journey(
        "javascript",
        "npm",
        ["sh", "-c", f"node journey.mjs && {PRINTED} javascript"],
        ["sh", "-c", f"cp {HERE}/javascript/* . && npm install --silent --no-audit --no-fund --force"],
        300,
    ),
    Journey(
        "terraform-reader",
        "npm",
        [sys.executable, "-m", "tests.clients.terraform_reader"],
        ["sh", "-c", f"cp {HERE}/hcl2json/* . && npm install --silent --no-audit --no-fund --force"],
        300,
    ),
    Journey(
        "mermaid",
        "npm",
        [sys.executable, "-m", "tests.clients.mermaid_pictures"],
        ["sh", "-c", f"cp {HERE}/mermaid/* . && npm install --silent --ignore-scripts --no-audit --no-fund"],
        300,
    ),
    Journey(
        "syslog-ng", "syslog-ng", ["sh", "-c", f"{sys.executable} -m tests.clients.syslog_ng && {PRINTED} syslog-ng"]
    ),
    Journey(
        "function-app",
        sys.executable,
        ["sh", "-c", f"PYTHONPATH=$PYTHONPATH:$PWD/lib {PRINTED} function-app"],
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--target",
            "lib",
            "azure-functions",
            "werkzeug",
            "markupsafe",
        ],
    ),
    Journey(
        "azure-cli",
        sys.executable,
        ["sh", "-c", f"PATH=$PWD/bin:$PATH sh {HERE}/journey.az.sh && PATH=$PWD/bin:$PATH {PRINTED} az"],
        ["sh", "-c", f"command -v az >/dev/null || {{ {sys.executable} -m venv . && bin/pip install -q azure-cli; }}"],
        900,
        slow=True,
    ),
    Journey(
        "schemathesis",
        "curl",
        ["sh", "-c", f"PATH=$PWD/bin:$PATH sh {HERE}/fuzz.sh"],
        ["sh", "-c", f"{sys.executable} -m venv . && bin/pip install -q schemathesis"],
        600,
        slow=True,
    ),
)


def main(names: list[str]) -> int:
    """Run the journeys named, or all (`--quick`: those ready within five minutes); the number that failed."""
    quick = "--quick" in names
    selected = [journey for journey in names if not journey.startswith("-")]
    chosen = [journey for journey in JOURNEYS if not selected or journey.name in selected]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        ready = lifecycle.ensure_running(Path(folder) / "emulator")
        own = {f"EMULATOR_{name.upper()}": str(value) for name, value in asdict(ready).items()}
        corpus = ROOT.parent / "shared" / "corpus" / "templates"
        own |= {"TEMPLATE_CORPUS": str(corpus)} if corpus.is_dir() else {}
        environment = {**os.environ, **environment_variables(ready), **own, "PYTHONPATH": str(ROOT)}
        try:
            for journey in chosen:
                outcome = _skip(journey, quick=quick) or _run(journey, Path(folder) / journey.name, environment)
                failed += outcome.startswith("failed")
                print(f"{journey.name:<12} {outcome}", flush=True)
        finally:
            lifecycle.stop(Path(folder) / "emulator")
    return failed


def _skip(journey: Journey, *, quick: bool) -> str | None:
    if shutil.which(journey.needs) is None:
        return f"skipped: {journey.needs} is not on the path"
    if quick and journey.slow:
        return "skipped: takes too long for a quick run; `make clients` runs it"
    return None


def _run(journey: Journey, folder: Path, environment: dict[str, str]) -> str:
    """What became of a journey, in one line; its output goes to standard error where it failed."""
    folder.mkdir()
    started = time.perf_counter()
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if journey.prepare and (why := _step(journey.prepare, folder, outside, journey.seconds)):
        return f"skipped: it could not be installed, {why}"
    if why := _step(journey.run, folder, environment, journey.seconds):
        return f"failed: {why}"
    return f"passed in {time.perf_counter() - started:.0f} s"


def _step(command: list[str], folder: Path, environment: dict[str, str], seconds: int) -> str | None:
    """Why a command failed; None where it did not."""
    shown = " ".join(command)[:80]
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return f"{shown} took longer than {seconds} s"
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        return f"{shown} ended with {done.returncode}"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
