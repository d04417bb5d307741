"""The generated blocks of `README.md`; `python -m tools.readme_blocks` renews the one that shows a real run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from provisioner.cli.lazy_commands import COMMANDS
from provisioner.emulator.lifecycle import stop
from tools.marked_blocks import ROOT, replace_block

README = ROOT / "README.md"


def pages() -> dict[Path, str]:
    """The README with the blocks that follow from the code alone; the shown run is left as it is."""
    text = README.read_text(encoding="utf-8")
    for name, content in blocks().items():
        text = replace_block(text, name, content)
    return {README: text}


def blocks() -> dict[str, str]:
    """The table of commands."""
    rows = "".join(f"| `{name}` | {text} |\n" for name, (_, text) in COMMANDS.items())
    return {"commands": f"| command | does |\n| --- | --- |\n{rows}"}


def demo_output() -> str:
    """What the first `make demo` in a fresh clone prints after its installation; ids and times differ each time."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "quickstart"
        shutil.copytree(ROOT / "examples" / "quickstart", project, ignore=shutil.ignore_patterns(".provisioner"))
        command = [sys.executable, "-m", "provisioner", "up", str(project), "-e", "local", "--yes"]
        process = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=True
        )
        stop(project / ".provisioner")
    lines = process.stdout.strip().splitlines()
    return "```text\n" + "\n".join(line.rstrip() for line in lines) + "\n```\n"


if __name__ == "__main__":
    README.write_text(
        replace_block(README.read_text(encoding="utf-8"), "demo", demo_output()), encoding="utf-8", newline="\n"
    )
