"""The output formats by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provisioner.model import Manifest
from provisioner.render.arm_template import render_arm
from provisioner.render.bicep_files import render_bicep
from provisioner.render.definition_files import render_definitions
from provisioner.render.terraform_files import render_terraform, terraform_imports
from provisioner.resources import Graph

RenderedFiles = Mapping[str, str]
"""File path (with `/` between folders) → text."""

FORMATS: Mapping[str, Callable[[Manifest, Graph], RenderedFiles]] = {
    "arm": render_arm,
    "bicep": render_bicep,
    "definitions": render_definitions,
    "terraform": render_terraform,
}


IMPORTING_FORMAT = "terraform"
"""The one format that keeps a state, into which existing resources can be imported."""


def render(manifest: Manifest, graph: Graph, format_name: str, *, import_blocks: bool = False) -> RenderedFiles:
    """The files of the format `format_name`; with `import_blocks` (Terraform alone) `imports.tf` too.

    Raises KeyError for a format that is not in FORMATS, ValueError for import blocks in one that has none.
    """
    files = FORMATS[format_name](manifest, graph)
    if not import_blocks:
        return files
    if format_name != IMPORTING_FORMAT:
        raise ValueError(f"the format {format_name!r} has no import blocks")
    return {**files, "imports.tf": terraform_imports(manifest, graph)}
