"""Provisioner: declarative, checked and verified ingestion of custom logs into Azure Monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner._version import __version__

__all__ = ["Project", "__version__"]

if TYPE_CHECKING:
    from provisioner.project import Project


def __getattr__(name: str) -> object:
    """`Project` on first use: `provisioner --version` needs none of it."""
    if name == "Project":
        from provisioner.project import Project

        return Project
    raise AttributeError(name)
