"""Transforms bound once for all who ask, the rows that they give, and how rows are compared."""
