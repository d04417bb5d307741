"""Clients that nobody here wrote, each taking a user's whole way; `python -m tests.clients` runs them."""
