"""A local Azure Monitor: what Azure answers, on loopback, from a state directory."""
