"""`python -m tools.readme_blocks --write`: the README's generated blocks, made anew from the code and a real run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from provisioner.cli.lazy_commands import COMMANDS
from provisioner.emulator.lifecycle import stop
from tests.support.paths import ROOT

README = ROOT / "README.md"


def block(text: str, name: str) -> str:
    """What stands between the marks of a block."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    if found is None:
        raise LookupError(f"README.md has no block {name!r}")
    return found[1]


def replaced(text: str, name: str, content: str) -> str:
    """The text with another content of that block."""
    return text.replace(
        f"<!-- {name} -->\n{block(text, name)}<!-- /{name} -->", f"<!-- {name} -->\n{content}<!-- /{name} -->"
    )


def made() -> dict[str, str]:
    """The blocks that follow from the code alone."""
    manifest = (ROOT / "examples" / "quickstart" / "provisioner.yaml").read_text()
    rows = "".join(f"| `{name}` | {text} |\n" for name, (_, text) in COMMANDS.items())
    return {
        "quickstart": f"```yaml\n{manifest}```\n",
        "commands": f"| command | does |\n| --- | --- |\n{rows}",
    }


def demo() -> str:
    """What the first `make demo` in a fresh clone prints after its installation."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "quickstart"
        shutil.copytree(ROOT / "examples" / "quickstart", project, ignore=shutil.ignore_patterns(".provisioner"))
        words = [sys.executable, "-m", "provisioner", "up", str(project), "-e", "local", "--yes"]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
        stop(project / ".provisioner")
    lines = done.stdout.strip().splitlines()
    return "```text\n" + "\n".join(line.rstrip() for line in lines) + "\n```\n"


def write() -> None:
    """All blocks, the demo's included."""
    text = README.read_text()
    for name, content in {**made(), "demo": demo()}.items():
        text = replaced(text, name, content)
    README.write_text(text)


if __name__ == "__main__" and "--write" in sys.argv:
    write()
