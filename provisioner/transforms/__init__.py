"""Transforms: bound once for validate, test and verify; the rows they give, and how rows are compared."""
