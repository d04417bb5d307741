"""Verification: test records are sent, found again and compared; whatever is missing is explained."""

from __future__ import annotations

from provisioner.probes.arrival import Arrival, ColumnArrival, Diagnosis, RowArrival, VerifyResult

__all__ = ["Arrival", "ColumnArrival", "Diagnosis", "RowArrival", "VerifyResult"]
