"""Proof by rows: transform tests offline, and test records sent, found again and compared."""

from __future__ import annotations

from provisioner.verify.arrival import Arrival, ColumnArrival, Diagnosis, RowArrival, VerifyResult
from provisioner.verify.check import check
from provisioner.verify.result import Difference, RowResult, TestResult

__all__ = [
    "Arrival",
    "ColumnArrival",
    "Diagnosis",
    "Difference",
    "RowArrival",
    "RowResult",
    "TestResult",
    "VerifyResult",
    "check",
]
