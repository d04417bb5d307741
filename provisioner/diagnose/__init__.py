"""Why records were refused, or rows and cells did not arrive: one file for each cause."""

from __future__ import annotations

from provisioner.diagnose.diagnosis import DIFFERENT, MISSING, REFUSED, diagnose
from provisioner.diagnose.evidence import Case, Cause

__all__ = ["DIFFERENT", "MISSING", "REFUSED", "Case", "Cause", "diagnose"]
