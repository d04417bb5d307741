"""App registrations that send."""
