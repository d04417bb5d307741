"""Mermaid diagrams of the documentation as SVG, so that a page needs no script: `python -m tools.mermaid_diagrams`.

The source of a diagram stands in its page. Its picture is kept in `tools/diagrams/` under a hash of that source and is
put into the page when the site is built. Only who changes a diagram needs the `npm` and `chromium` that draw it.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tools.marked_blocks import DOCS, ROOT

FOLDER = ROOT / "tools" / "diagrams"
MERMAID_PACKAGE = "mermaid@11"
_FENCE = re.compile(r"^```mermaid\n(.*?)^```", re.MULTILINE | re.DOTALL)

# Labels are SVG text in a generic font: they keep their place where a reader's fonts differ.
_DRAWING_PAGE = """<!doctype html><meta charset="utf-8"><script src="mermaid.min.js"></script><pre id="drawing"></pre>
<script>
mermaid.initialize({{startOnLoad: false, htmlLabels: false, flowchart: {{htmlLabels: false, useMaxWidth: true}},
                    theme: "neutral", fontFamily: "sans-serif", deterministicIds: true}});
mermaid.render("{name}", {source}).then(result => {{ document.getElementById("drawing").textContent = result.svg; }});
</script>"""


def picture_path(source: str) -> Path:
    """Where the picture of a diagram is kept."""
    return FOLDER / f"{hashlib.sha256(source.strip().encode()).hexdigest()[:12]}.svg"


def diagram_sources() -> dict[Path, str]:
    """The source of every diagram in the documentation, by the path of its picture."""
    pages = [page.read_text(encoding="utf-8") for page in sorted(DOCS.rglob("*.md"))]
    sources = [source.strip() for page in pages for source in _FENCE.findall(page)]
    return {picture_path(source): source for source in sources}


def insert_picture(source: str, _language: str, css_class: str, _options: Any, _md: Any, **_kwargs: Any) -> str:
    """The HTML of a diagram, for the `custom_fences` of pymdownx.superfences. Raises LookupError without a picture."""
    path = picture_path(source)
    if not path.exists():
        raise LookupError("a diagram has changed: run `python -m tools.mermaid_diagrams`")
    return f'<div class="{css_class}" tabindex="0">{path.read_text(encoding="utf-8").strip()}</div>'


def draw(source: str, name: str, folder: Path) -> str:
    """The SVG of a diagram, drawn by chromium. Raises ValueError with Mermaid's message for a wrong source."""
    page = folder / "drawing.html"
    literal = "`" + source.replace("\\", "\\\\").replace("`", "\\`") + "`"
    page.write_text(_DRAWING_PAGE.format(name=name, source=literal), encoding="utf-8", newline="\n")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command += ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    command += ["--virtual-time-budget=20000", "--dump-dom", page.as_uri()]
    document = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=120).stdout
    drawing = re.search(r'<pre id="drawing">(.*?)</pre>', document, re.DOTALL)
    if drawing is None or not drawing[1]:
        raise ValueError(f"Mermaid does not draw this:\n{source}")
    return html.unescape(drawing[1])


def unpack_mermaid(folder: Path) -> None:
    """Fetch Mermaid from the npm registry and leave its script in a folder."""
    command = ["npm", "pack", "--silent", MERMAID_PACKAGE]
    subprocess.run(command, cwd=folder, check=True, timeout=300, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("mermaid-*.tgz")
    with tarfile.open(archive) as package:
        script = package.extractfile("package/dist/mermaid.min.js")
        assert script is not None
        (folder / "mermaid.min.js").write_bytes(script.read())


def main(arguments: list[str]) -> int:
    """Draw what has no picture (or all), and remove pictures that no page shows any more."""
    parser = argparse.ArgumentParser(prog="python -m tools.mermaid_diagrams", description=__doc__.partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="draw every diagram anew")
    redraw_all = parser.parse_args(arguments).all
    sources = diagram_sources()
    missing = {path: source for path, source in sources.items() if redraw_all or not path.exists()}
    FOLDER.mkdir(exist_ok=True)
    if missing:
        with tempfile.TemporaryDirectory() as folder:
            unpack_mermaid(Path(folder))
            for path, source in missing.items():
                picture = draw(source, f"diagram-{path.stem}", Path(folder))
                path.write_text(f"{picture}\n", encoding="utf-8", newline="\n")
                print(f"wrote: {path.relative_to(ROOT)}")
    for path in set(FOLDER.glob("*.svg")) - set(sources):
        path.unlink()
        print(f"removed: {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
