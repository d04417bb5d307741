"""The page of the workbench, bundled from `web/` into the package: `python -m tools.web_bundle`.

With `--check` it is built beside and compared: what is committed must be what the sources and their lock file give.
Needs `npm`; only who changes the page does.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.marked_blocks import ROOT

SOURCES = ROOT / "web"
BUNDLE = ROOT / "provisioner" / "workbench" / "static"
_LOCKED = SOURCES / "node_modules" / ".package-lock.json"


def install() -> None:
    """Install what the lock file names, unless that is installed already. No package runs a script of its own."""
    lock = SOURCES / "package-lock.json"
    if not _LOCKED.exists() or _LOCKED.stat().st_mtime < lock.stat().st_mtime:
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")


def build(folder: Path) -> None:
    """Check the types, and write the bundle into a folder. Raises CalledProcessError where the sources are wrong."""
    _run("node", str(Path("node_modules", "typescript", "bin", "tsc")), "--noEmit")
    _run("node", "build.mjs", str(folder))


def different_files(folder: Path) -> list[str]:
    """The names of files that are not the same in a folder and in the package."""
    names = {path.name for path in (*folder.iterdir(), *BUNDLE.iterdir())}
    return sorted(name for name in names if _bytes(folder / name) != _bytes(BUNDLE / name))


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _run(*command: str) -> None:
    subprocess.run(command, cwd=SOURCES, check=True, timeout=600)


def main(arguments: list[str]) -> int:
    """Build the bundle; with `--check` name what is stale and return 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.web_bundle", description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; name what is stale and exit with 1")
    check = parser.parse_args(arguments).check
    install()
    if not check:
        build(BUNDLE)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        stale = different_files(Path(folder))
    for name in stale:
        print(f"stale: {(BUNDLE / name).relative_to(ROOT)}")
    if stale:
        print("run `make web`")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
