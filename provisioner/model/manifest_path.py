"""Where a value stands in the manifest."""

from __future__ import annotations

ManifestPath = tuple[str | int, ...]
"""Keys and list indexes that lead from the manifest's root to a value: ("tables", "Orders_CL")."""
