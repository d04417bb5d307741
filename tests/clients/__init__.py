"""Clients written by others, each from nothing to a row found again; `python -m tests.clients` runs them."""
