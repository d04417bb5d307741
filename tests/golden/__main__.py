"""`python -m tests.golden --write` records every case anew; without `--write` it says what differs."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.golden.recorded import file_of, play, recorded_files
from tests.golden.stories import stories


def main() -> int:
    write = "--write" in sys.argv[1:]
    cases: set[Path] = set()
    different = 0
    for story in stories():
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            texts = play(story, Path(folder).resolve())
        for case, text in texts.items():
            file = file_of(case)
            cases.add(file)
            if file.exists() and file.read_bytes() == text.encode():
                continue
            different += 1
            print(("wrote" if write else "differs"), case)
            if write:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text.encode())
        print(f"{story.name}: {len(texts)} cases in {time.monotonic() - start:.1f} s")
    for file in sorted({*recorded_files()} - cases):
        print("no such case any more:", file)
        if write:
            file.unlink()
    return 0 if write else min(different, 1)


if __name__ == "__main__":
    sys.exit(main())
