"""Where things lie: the checkout, the cases, the examples, and the conformance material beside the checkout."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
EXAMPLES = ROOT / "examples"
# The published project does not have it: tests that need it skip in words where it is absent.
SHARED = ROOT.parent / "shared"
