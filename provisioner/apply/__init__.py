"""A plan carried out, and what became of it."""

from __future__ import annotations

from provisioner.apply.execution import apply
from provisioner.apply.outcome import Outcome, after

__all__ = ["Outcome", "after", "apply"]
