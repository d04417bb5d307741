"""Generators of pages, schemas and README blocks."""
