"""Limits of rules, and names that must differ."""
