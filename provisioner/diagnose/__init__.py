"""Why records were refused, or rows and cells did not arrive: one file for each cause."""

from __future__ import annotations

from provisioner.diagnose.diagnosis import diagnose
from provisioner.diagnose.evidence import Evidence

__all__ = ["Evidence", "diagnose"]
