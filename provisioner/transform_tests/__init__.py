"""Transform tests: records in, rows expected, and nothing but the local evaluator in between."""

from __future__ import annotations

from provisioner.transform_tests.result import TestResult
from provisioner.transform_tests.run import run_transform_tests
from provisioner.transforms.row_compare import Difference, RowResult

__all__ = ["Difference", "RowResult", "TestResult", "run_transform_tests"]
