"""Regions and clouds that fit each other."""
