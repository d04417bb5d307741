"""`python -m tests.bench [NAME…]`: run the benchmarks and print one table each."""

from __future__ import annotations

import compileall
import importlib
import sys
from pathlib import Path

import provisioner


def main(names: list[str]) -> None:
    """Each module of this folder has `TITLE` and `run() -> rows of text`, the first row being the head."""
    # pip leaves an installed package compiled; a checkout is, where Python may write what it compiled
    compileall.compile_dir(Path(provisioner.__file__).parent, quiet=1)
    here = Path(__file__).parent
    for name in names or sorted(file.stem for file in here.glob("*.py") if not file.stem.startswith("_")):
        module = importlib.import_module(f"tests.bench.{name}")
        print(f"\n## {getattr(module, 'TITLE', name)}\n", flush=True)
        rows = [[str(cell) for cell in row] for row in module.run()]
        widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows)))]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
