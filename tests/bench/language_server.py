"""The language server over its protocol: 200 keystrokes in two projects, beside Microsoft's KQL service."""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench._project import generate
from tests.support.lsp_client import LspClient

TITLE = "Language server (milliseconds, p50/p95 over 200 keystrokes)"
ROOT = Path(__file__).parents[2]
KEYSTROKES = 200
Row = tuple[str, ...]


def run() -> Iterator[Row]:
    """Rows: what, measured, goal."""
    yield ("what", "p50/p95", "goal")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # As a package is that pip has installed: with its code compiled, where this environment may forbid to.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        quickstart = folder / "quickstart"
        shutil.copytree(ROOT / "examples" / "quickstart", quickstart)
        first = quickstart / "provisioner.yaml"
        bare = start_seconds(
            quickstart, first, [sys.executable, str(Path(__file__).with_name("bare_language_server.py"))]
        )
        yield ("a bare pygls server: start to first diagnostics", f"{bare * 1000:.0f}", "")
        yield start_row("quickstart", quickstart, first, bare)
        yield from measure("quickstart", quickstart, first, ("15/40", "10/25", "5/15"))
        yield from kusto_rows(folder, quickstart / "provisioner.yaml")
        large = folder / "large"
        generate(large, 1000)
        yield start_row("1,000 tables", large, large / "parts" / "part-30.yaml", bare)
        yield from measure("1,000 tables", large, large / "parts" / "part-30.yaml", ("60/150", "", ""))


def start_seconds(folder: Path, file: Path, command: list[str] | None = None) -> float:
    """The median time from the start of a server to its first findings, over five starts behind one."""
    text = file.read_text("utf-8").replace("tostring(", "tostrin(", 1)
    times = []
    for _ in range(6):
        start = time.perf_counter()
        client = LspClient(folder, command=command)
        client.open(file, text)
        client.published(file)
        times.append(time.perf_counter() - start)
        client.close()
    # Without the first: it compiles.
    return statistics.median(times[1:])


def start_row(name: str, folder: Path, file: Path, bare: float) -> Row:
    """The start on a project, and how much longer than that of a bare server it takes."""
    seconds = start_seconds(folder, file)
    return (f"{name}: start to first diagnostics", f"{seconds * 1000:.0f} ({seconds / bare:.1f} × bare)", "500")


def measure(name: str, folder: Path, file: Path, goals: tuple[str, str, str]) -> Iterator[Row]:
    """The rows of one project, with keystrokes in the first call of `tostring` of a file."""
    client = LspClient(folder)
    text = file.read_text("utf-8")
    client.open(file, text.replace("tostring(", "tostrin(", 1))
    client.published(file)
    offset = text.index("tostring(") + len("tostring(")
    line, character = text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1

    def diagnostics(number: int) -> None:
        # One letter more or less: another unknown name, so that each keystroke changes a finding.
        typed = "x" * (number % 20 + 1)
        client.change(file, text[:offset] + typed + text[offset:])
        client.published(file)

    def completion(_: int) -> None:
        client.request("textDocument/completion", client.at(file, line, character))

    def hover(_: int) -> None:
        client.request("textDocument/hover", client.at(file, line, character - 4))

    actions = (("keystroke to diagnostics", diagnostics), ("completion", completion), ("hover", hover))
    for (what, action), goal in zip(actions, goals, strict=True):
        yield (f"{name}: {what}", percentiles(action), goal)
    start = time.perf_counter()
    client.request("workspace/diagnostic", {"previousResultIds": []})
    yield (f"{name}: diagnostics of all files", f"{(time.perf_counter() - start) * 1000:.0f}", "600")
    yield (f"{name}: memory", f"{peak_memory(client.process.pid)} MB", "200 MB")
    client.close()


def percentiles(action: Callable[[int], None]) -> str:
    """Median and 95th percentile of an action, in milliseconds."""
    times = []
    for number in range(KEYSTROKES):
        start = time.perf_counter()
        action(number)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return f"{times[len(times) // 2]:.1f}/{times[int(len(times) * 0.95)]:.1f}"


def peak_memory(pid: int) -> str:
    """The most memory that a process has held, in MB; a question mark where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    match = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8")) if status.exists() else None
    return str(int(match[1]) // 1024) if match else "?"


def kusto_rows(folder: Path, manifest: Path) -> Iterator[Row]:
    """Microsoft's KQL service on the quickstart's transform; a row that says why where it cannot be had."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        yield ("@kusto/language-service-next", "Node is not installed", "")
        return
    peer = folder / "peer"
    peer.mkdir()
    (peer / "package.json").write_text('{"private": true}', "utf-8")
    installed = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "@kusto/language-service-next"],
        cwd=peer,
        capture_output=True,
        check=False,
    )
    if installed.returncode != 0:
        yield ("@kusto/language-service-next", "it could not be installed", "")
        return
    from provisioner.load import load_document

    stream = next(iter(load_document(manifest).manifest.streams.values()))
    transform = peer / "transform.kql"
    transform.write_text(stream.flows[0].transform, "utf-8")
    schema = ", ".join(f"{name}: {type_}" for name, type_ in stream.columns.kql().items())
    script = Path(__file__).with_name("kusto_language_service.cjs")
    words = [node, str(script), str(peer), str(transform), f"({schema})"]
    done = subprocess.run(words, capture_output=True, check=True)
    for what, (median, late) in json.loads(done.stdout).items():
        yield (f"@kusto/language-service-next: {what}", f"{median:.1f}/{late:.1f}", "")
