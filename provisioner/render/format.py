"""What the formats of `render` are given, and the files that one of them gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model import Manifest
from provisioner.reports.format_registry import FORMATS
from provisioner.reports.report_format import ReportOptions, Views
from provisioner.resources import Graph

RenderedFiles = Mapping[str, str]
"""File path (with `/` between folders) → text."""

IMPORTING_FORMAT = "terraform"
"""The one format that keeps a state, into which existing resources can be imported."""


@dataclass(frozen=True, slots=True)
class DesiredResources:
    """A manifest with its graph; `import_blocks` asks for those that take what exists into a state."""

    manifest: Manifest
    graph: Graph
    import_blocks: bool = False


def _resources(desired: DesiredResources, options: ReportOptions) -> DesiredResources:
    del options  # files are the same for everybody who reads them
    return desired


VIEWS: Views[DesiredResources] = {"resources": _resources}


def render(manifest: Manifest, graph: Graph, format_name: str, *, import_blocks: bool = False) -> RenderedFiles:
    """The files of the format `format_name`; with `import_blocks` (Terraform alone) `imports.tf` too.

    Raises KeyError for a format that is not in `FORMATS["render"]`, ValueError for import blocks in one that has none.
    """
    write = FORMATS["render"][format_name]
    if import_blocks and format_name != IMPORTING_FORMAT:
        raise ValueError(f"the format {format_name!r} has no import blocks")
    files: RenderedFiles = write(DesiredResources(manifest, graph, import_blocks))
    return files
