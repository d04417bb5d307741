"""Verification: test records are sent, found again and compared; whatever is missing is explained."""

from __future__ import annotations

from provisioner.probes.arrival import Arrival, ColumnArrival, Diagnosis, RowArrival, VerifyResult
from provisioner.verify.verify_options import VERIFY_DEFAULTS, VERIFY_TYPES, VerifyOptions

__all__ = [
    "VERIFY_DEFAULTS",
    "VERIFY_TYPES",
    "Arrival",
    "ColumnArrival",
    "Diagnosis",
    "RowArrival",
    "VerifyOptions",
    "VerifyResult",
]
