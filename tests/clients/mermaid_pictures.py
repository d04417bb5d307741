"""Pictures of `provisioner graph --format mermaid`, read by mermaid's own parser: examples, and names of every kind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from provisioner.pipeline_graph.graph_elements import Edge, Node, PipelineGraph
from provisioner.pipeline_graph.label_text import single_line
from provisioner.project import Project
from provisioner.reports.format_registry import render_report

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("sender", "endpoint", "dcr", "stream", "flow", "table", "workspace", "grant", "column", "expression", "group")
NAMES = (
    "end",
    "subgraph",
    "click n0 href 'x'",
    "o--o",
    "x",
    '"]; %%{init: {}}%%',
    "<b>&amp;</b>",
    "a|b",
    "#35;",
    "`md` **x**",
    "日本語",
    "\\",
    "",
    " ",
    "\u200b",
    "\u2003",
    "\U0001f600",
    "e\u0301",
    "::: class",
    "a --> b",
    "$$x$$",
    "fa:fa-car",
    "1. x",
    "- x",
    "@{shape: x}",
)


def pictures() -> Iterator[str]:
    """The texts."""
    for manifest in sorted(ROOT.glob("examples/*/provisioner.yaml")):
        project = Project.load(manifest)
        yield render_report("graph", "mermaid", project.graph())
        for table in project.manifest.tables.values():
            yield render_report("graph", "mermaid", project.graph(focus=table.name))
            for column in table.columns:
                yield render_report("graph", "mermaid", project.graph(lineage=f"{table.name}.{column}"))
    for name in NAMES:
        nodes = tuple(Node(f"{kind}/{name}", kind, single_line(name), errors=1) for kind in KINDS)
        edges = tuple(Edge(one.id, other.id, "reads") for one, other in pairwise(nodes))
        yield render_report("graph", "mermaid", PipelineGraph(nodes, edges, name))


def main() -> int:
    """Write each picture into a file here, and let the parser read them all; its exit code."""
    files = []
    for number, text in enumerate(pictures()):
        files.append(f"{number:03}.mermaid")
        Path(files[-1]).write_text(text, encoding="utf-8")
    print(f"{len(files)} pictures")
    return subprocess.run(["node", "parse.mjs", *files], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
