"""Measurements: a report for people, never an assertion."""
