"""The formats by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provisioner.model import Manifest
from provisioner.render.arm_template import arm
from provisioner.render.definition_files import definitions
from provisioner.resources import Graph

Files = Mapping[str, str]
"""File name (with `/` for folders) → text."""

FORMATS: Mapping[str, Callable[[Manifest, Graph], Files]] = {"arm": arm, "definitions": definitions}


def render(manifest: Manifest, graph: Graph, form: str) -> Files:
    """The files of one format. Raises KeyError for a format that is not in FORMATS."""
    return FORMATS[form](manifest, graph)
