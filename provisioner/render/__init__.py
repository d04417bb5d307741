"""A graph of resources as files, in the formats that other tools read."""

from __future__ import annotations

from provisioner.render.format import render

__all__ = ["render"]
