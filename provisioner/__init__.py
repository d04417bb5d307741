"""Provisioner: declarative, checked and verified ingestion of custom logs into Azure Monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner._version import __version__

__all__ = ["Project", "__version__"]

if TYPE_CHECKING:
    from provisioner.project import Project


# A module-level __getattr__ (PEP 562) rather than an import: a console script imports this file before anything else.
def __getattr__(name: str) -> object:
    """Import `Project` on first use, so that `provisioner --version` imports nothing but the version."""
    if name == "Project":
        from provisioner.project import Project

        return Project
    raise AttributeError(name)
