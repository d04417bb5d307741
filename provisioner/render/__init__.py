"""A graph as files, in the formats that other tools take."""

from __future__ import annotations

from provisioner.render.format import FORMATS, render

__all__ = ["FORMATS", "render"]
